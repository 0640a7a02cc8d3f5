#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Usage: enrol.py EMPTY CERTIFICATE VARIABLES

Writes OVMF's variables to the file VARIABLES: those of EMPTY, which has none, and db with the
CERTIFICATE (DER). The firmware accepts it unsigned, because it has no PK (UEFI, "Secure Boot and Driver Signing").
"""

import struct
import sys
import uuid
from pathlib import Path

# UEFI, "Signature Database", and MdeModulePkg/Include/Guid/VariableFormat.h of edk2.
X509 = uuid.UUID("a5c059a1-94e4-4aa7-87b5-ab155c2bf072")
DB = uuid.UUID("d719b2cb-3d3a-4596-a3bc-dad00e67656f")
OWNER = uuid.UUID("00000000-0000-0000-0000-000000006869")  # any GUID
STARTS, ADDED = 0x55AA, 0x3F
# EFI_VARIABLE_NON_VOLATILE, BOOTSERVICE_ACCESS, RUNTIME_ACCESS, TIME_BASED_AUTHENTICATED_WRITE_ACCESS
ATTRIBUTES = 0x27


def signature_list(certificate: bytes) -> bytes:
    """An EFI_SIGNATURE_LIST of one certificate."""
    size = len(OWNER.bytes_le) + len(certificate)
    return X509.bytes_le + struct.pack("<III", 28 + size, 0, size) + OWNER.bytes_le + certificate


def variable(name: str, vendor: uuid.UUID, data: bytes) -> bytes:
    """An AUTHENTICATED_VARIABLE_HEADER with counter, time and key of zero; then name and data."""
    text = (name + "\0").encode("utf-16-le")
    header = struct.pack("<HBBI", STARTS, ADDED, 0, ATTRIBUTES) + bytes(8 + 16) + struct.pack("<III", 0, len(text), len(data))
    return header + vendor.bytes_le + text + data


def main() -> None:
    empty, certificate, variables = map(Path, sys.argv[1:])
    store = bytearray(empty.read_bytes())
    # At byte 48 the volume's header has its own length. The store's header follows: 28 bytes.
    start = struct.unpack_from("<H", store, 48)[0] + 28
    added = variable("db", DB, signature_list(certificate.read_bytes()))
    if set(store[start:start + len(added)]) != {0xFF}:
        sys.exit(f"{empty}: there are variables in it")
    store[start:start + len(added)] = added
    variables.write_bytes(store)


if __name__ == "__main__":
    main()
