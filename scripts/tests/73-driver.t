#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# 34-driver.t with all rounds of the stress test.

ROUNDS=2000 exec "$(dirname "$0")/34-driver.t"
