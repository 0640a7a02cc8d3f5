#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Needs: boot boot-x86_64 modules inspector matrix test debian:6.1 debian:6.12 debian:newest
#
# scripts/matrix on stock kernels: all claims hold but two, which are about built-in code and do not apply.

. "$(dirname "$0")/../lib.sh"

# claims STATE: prints the claims whose cell is in that state
claims() { jq -r --arg state "$1" '[.cells[] | select(.state == $state) | .claim] | join(" ")' "$SCRATCH/matrix.json"; }

for kernel in ${HI_STOCK:-debian:6.1 debian:6.12 debian:newest}; do
	release=$("$SCRIPTS/setup" --release "$kernel")
	check "$kernel: the claims hold" exits 0 "$SCRIPTS/matrix" -k "$kernel" --json "$SCRATCH/matrix.json"
	check "$kernel: which kernel" said "Linux debian:$release"
	check "$kernel: which hold" test "$(claims holds)" = "C1 C2 C3 C4 C5 C6 C7 C8 C9 C10 C11 C12 C13 C14 C15 C18"
	check "$kernel: which do not apply" test "$(claims absent)" = "C16 C17"
	check "$kernel: the reason" said "C16 stock: the driver is not built in"
done
tap_end
