#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Needs: build boot build-arm64 boot-arm64 inspector matrix
#
# scripts/vet for arm64: hi's modules hold, and the probes of the helper module find bugs.

. "$(dirname "$0")/../lib.sh"

vet=$SCRIPTS/vet

check "hi and its modules hold" exits 0 "$vet" -a arm64 --permanent hi_permanent --json "$SCRATCH/hi.json" "$TOP/drivers-misc-hi"
for claim in $("$vet" --list | sed -n 's/^\(V[0-9]*\) .*/\1/p'); do
	check "$claim holds of hi" test "$(jq "[.cells[] | select(.claim == \"$claim\" and .variant == \"hi\" and .state == \"holds\")] | length" "$SCRATCH/hi.json")" = 1
done

# finds BUG EXIT EXPERIMENT TEXT
finds() { check "$1: found by $3" refuses "$2" "$4" "$vet" -a arm64 --only "$3" "$SCRIPTS/tests/bugs/$1"; }

finds label_forgets 1 V2 "the next load of label_forgets"
check "label_forgets: the line of its source" said "(label_forgets.c:"
finds device_unchecked 5 V3 "call 1 of device_create() fails"
finds no_owner 5 V4 "/dev/no_owner"
finds published_first 5 V5 "register_module_notifier"
tap_end
