#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Needs: build boot boot-x86_64 6.12 6.1
#
# guest/driver.t with all rounds of the stress test.

ROUNDS=2000 exec "$(dirname "$0")/../guest/driver.t"
