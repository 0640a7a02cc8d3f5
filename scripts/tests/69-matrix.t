#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# 50-matrix.t with all variants of all kernels.

ALL=1 exec "$(dirname "$0")/50-matrix.t"
