#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Needs: build boot boot-x86_64 inspector matrix 6.12 6.1
#
# matrix/matrix.t with all variants of all kernels.

ALL=1 exec "$(dirname "$0")/../matrix/matrix.t"
