#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Needs: build inspector
#
# The inspector against readelf, on every init and exit function of a vmlinux with
# the driver built in. KERNEL=6.1 in the environment takes that kernel, not the newest.

# shellcheck source=/dev/null disable=SC2154,SC2016
. "$(dirname "$0")/../inspector-lib.sh"

kernel=$(kernel_number "${KERNEL:-newest}")
build=$(kernel_build "$kernel" builtin) || give_up "no build of Linux $kernel"
vmlinux=$build/vmlinux

# What readelf finds: "SECTION ADDRESS SIZE NAME" for each function name. Padding is none.
by_readelf() {
	readelf -SW "$vmlinux" | sed -n 's/^ *\[ *\([0-9]*\)\] \(\.\(init\|exit\)\.[^ ]*\) .*/\1 \2/p' \
		>"$tmp/sections"
	readelf -sW "$vmlinux" | awk '
		NR == FNR { name[$1] = $2; next }
		$8 ~ /^(__pi_)?__(pfx|cfi)_/ { next }
		$4 == "FUNC" && $7 in name { print name[$7], $2, $3, $8 }
	' "$tmp/sections" - | while read -r section address size name; do
		printf '%s 0x%s %d %s\n' "$section" "$address" "$size" "$name"
	done | sort
}

by_inspector() {
	query '.files[].sections[] | .name as $s | .items[] | select(.kind == "function")
		| .address as $a | (.size - .padding) as $n
		| (.name, .aliases[]) | "\($s) \($a) \($n) \(.)"' | sort
}

query() { jq -r "$1" <<<"$out"; }

sections --json "$vmlinux"
is "$status:$err" "0:" "$vmlinux is answered"
by_readelf >"$tmp/readelf"
by_inspector >"$tmp/inspector"
is "$(diff "$tmp/readelf" "$tmp/inspector")" "" \
	"readelf and the inspector agree on $(wc -l <"$tmp/readelf") names"
is "$(query '[.files[].sections[].items[].address] | length - (unique | length)')" 0 \
	"no address is counted twice"
is "$(query '.files[].sections[] | select(.size != .unnamed + ([.items[].size] | add // 0)) | .name')" "" \
	"each section's items and unnamed bytes add up to it"
is "$(query '.files[].sections[] | select(.name | endswith(".text")) | "\(.name) \(.lifetime)"')" "\
.init.text freed at boot
.exit.text freed at boot" "x86 frees init and exit code at boot"
# Since 7.3 nothing points to them: __exit_call in include/linux/init.h.
pointers=.exitcall.exit
! since 7.3 "$kernel" || pointers=
is "$(query '.files[].sections[] | select(.lifetime == "discarded by the linker").name')" "$pointers" \
	"what the linker leaves out, as vmlinux.o beside it shows: ${pointers:-nothing}"

sections --json --driver hi "$vmlinux"
is "$(query '[.files[].sections[] | .name as $s | .items[] | select(.kind == "function" and .owner.module_from == "initcall")
	| "\($s) \(.name)"] | join(", ")')" ".init.text hi_init" "hi's init function is found by its initcall"
is "$(query '[.files[].sections[] | select(.name == ".exit.text").items[].name] | join(" ")')" \
	"hi_exit" "hi's exit function is found by its source file"

command=$(sed -n 's/^    \$ \(scripts\/sections --driver .*\)/\1/p' "$scripts/../README")
like "$command $(cd "$scripts/.." && bash -c "$command" 2>&1)" "builtin.* hi_init +hi drivers/misc/hi/hi_main.c" "README's command works"

done_testing
