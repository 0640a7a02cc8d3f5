#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# 38-arches.t for all architectures that need a cross compiler.

ARCHES="m68k arm64 riscv arm" exec "$(dirname "$0")/38-arches.t"
