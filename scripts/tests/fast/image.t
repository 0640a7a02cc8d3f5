#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0
# Needs: test
"""hi/image.py: the vmlinux in an image that x86 boots from."""

import gzip
import lzma
import os
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[2]
SCRATCH = tempfile.TemporaryDirectory()
os.environ["HI_CACHE"] = SCRATCH.name
sys.path.insert(0, str(SCRIPTS))

from hi import image  # noqa: E402
from hi.base import Stop  # noqa: E402
from tests.unittest_tap import run_as_tap  # noqa: E402

VMLINUX = b"\x7fELF, and more"


class Image(unittest.TestCase):
    def setUp(self) -> None:
        self.path = Path(SCRATCH.name, "vmlinuz")

    def write(self, payload: bytes) -> None:
        """An image with one sector of setup and a payload 16 bytes behind it."""
        data = bytearray(1024 + 16) + payload
        data[0x1f1], data[0x202:0x206] = 1, b"HdrS"
        struct.pack_into("<II", data, 0x248, 16, len(payload))
        self.path.write_bytes(data + b"what follows")

    def test_xz_with_the_size_behind_it(self) -> None:
        self.write(lzma.compress(VMLINUX) + struct.pack("<I", len(VMLINUX)))
        self.assertEqual((image.vmlinux(self.path, None) or self.path).read_bytes(), VMLINUX)

    def test_gzip(self) -> None:
        self.write(gzip.compress(VMLINUX))
        self.assertEqual((image.vmlinux(self.path, None) or self.path).read_bytes(), VMLINUX)

    def test_zstd_with_the_size_behind_it(self) -> None:
        self.write(subprocess.run(["zstd", "-qc"], input=VMLINUX, stdout=subprocess.PIPE, check=True).stdout + struct.pack("<I", len(VMLINUX)))
        self.assertEqual((image.vmlinux(self.path, None) or self.path).read_bytes(), VMLINUX)

    def test_the_vmlinux_of_the_headers_comes_first(self) -> None:
        headers = Path(SCRATCH.name, "headers")
        headers.mkdir()
        (headers / "vmlinux").touch()
        self.assertEqual(image.vmlinux(self.path, headers), headers / "vmlinux")

    def test_an_image_that_is_missing(self) -> None:
        self.assertIsNone(image.vmlinux(Path(SCRATCH.name, "nothing"), None))

    def fails(self, code: int, text: str) -> None:
        with self.assertRaisesRegex(Stop, text) as caught:
            image.vmlinux(self.path, None)
        self.assertEqual(caught.exception.code, code)

    def test_no_image(self) -> None:
        self.path.write_bytes(b"text")
        self.fails(2, "is no image of an x86 kernel")

    def test_an_image_that_is_cut_off(self) -> None:
        self.write(lzma.compress(VMLINUX)[:-20])
        self.fails(2, "cannot unpack .*: xz cannot unpack the file")

    def test_another_packer(self) -> None:
        self.write(b"LZMA or another" * 2)
        self.fails(3, "packed by neither gzip, xz nor zstd")


run_as_tap()
