#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Needs: inspector
#
# Builds and runs the inspector's unit tests.
set -eu

scripts=$(cd "$(dirname "$0")/../.." && pwd)
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

make -s -C "$scripts/inspector" O="$out" unit >&2
"$out/unit"
