# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
# smp: races need several processors.

variant_cpus=4
