# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
# gcov: of all the kernel, only the driver's lines are counted.

variant_make=(GCOV_PROFILE_hi_main.o=y GCOV_PROFILE_hi_log.o=y GCOV_PROFILE_hi_fail.o=y GCOV_PROFILE_hi_cleanup.o=y GCOV_PROFILE_hi_permanent.o=y)
