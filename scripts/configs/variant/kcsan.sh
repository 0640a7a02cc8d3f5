# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
# kcsan: races need several processors.

variant_cpus=4
