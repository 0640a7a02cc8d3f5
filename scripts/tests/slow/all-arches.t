#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Needs: build build-m68k boot-m68k build-arm64 boot-arm64 build-riscv boot-riscv build-arm boot-arm boot inspector matrix
#
# guest/arches.t for all architectures that need a cross compiler.

ARCHES="m68k arm64 riscv arm" exec "$(dirname "$0")/../guest/arches.t"
