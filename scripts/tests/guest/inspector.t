#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Needs: build inspector
#
# The inspector against readelf, on every init and exit function of a vmlinux with
# the driver built in. KERNEL=6.1 in the environment takes that kernel, not the newest.

# shellcheck source=/dev/null disable=SC2154,SC2016
. "$(dirname "$0")/../inspector-lib.sh"

kernel=${KERNEL:-$(newest)}
build=$(kernel_build "$kernel" builtin) || give_up "no build of Linux $kernel"
vmlinux=$build/vmlinux

# What readelf finds: "SECTION ADDRESS SIZE NAME" for each function name. Padding is none.
by_readelf() {
	readelf -SW "$vmlinux" | sed -n 's/^ *\[ *\([0-9]*\)\] \(\.\(init\|exit\)\.[^ ]*\) .*/\1 \2/p' \
		>"$SCRATCH/sections"
	readelf -sW "$vmlinux" | awk '
		NR == FNR { name[$1] = $2; next }
		$8 ~ /^(__pi_)?__(pfx|cfi)_/ { next }
		$4 == "FUNC" && $7 in name { print name[$7], $2, $3, $8 }
	' "$SCRATCH/sections" - | while read -r section address size name; do
		printf '%s 0x%s %d %s\n' "$section" "$address" "$size" "$name"
	done | sort
}

by_inspector() {
	query '.files[].sections[] | .name as $s | .items[] | select(.kind == "function")
		| .address as $a | (.size - .padding) as $n
		| (.name, .aliases[]) | "\($s) \($a) \($n) \(.)"' | sort
}

sections --json "$vmlinux"
check "$vmlinux is answered" is "$status:$err" "0:"
by_readelf >"$SCRATCH/readelf"
by_inspector >"$SCRATCH/inspector"
check "readelf and the inspector agree on $(wc -l <"$SCRATCH/readelf") names" is \
	"$(diff "$SCRATCH/readelf" "$SCRATCH/inspector")" ""
check "no address is counted twice" is "$(query '[.files[].sections[].items[].address] | length - (unique | length)')" 0
check "each section's items and unnamed bytes add up to it" is \
	"$(query '.files[].sections[] | select(.size != .unnamed + ([.items[].size] | add // 0)) | .name')" ""
check "x86 frees init and exit code at boot" is \
	"$(query '.files[].sections[] | select(.name | endswith(".text")) | "\(.name) \(.lifetime)"')" "\
.init.text freed at boot
.exit.text freed at boot"
# Since 7.3 nothing points to them: __exit_call in include/linux/init.h.
pointers=.exitcall.exit
! since 7.3 "$kernel" || pointers=
check "what the linker leaves out, as vmlinux.o beside it shows: ${pointers:-nothing}" is \
	"$(query '.files[].sections[] | select(.lifetime == "discarded by the linker").name')" "$pointers"

sections --json --driver hi "$vmlinux"
check "hi's init function is found by its initcall" is \
	"$(query '[.files[].sections[] | .name as $s | .items[] | select(.kind == "function" and .owner.module_from == "initcall")
	| "\($s) \(.name)"] | join(", ")')" \
	".init.text hi_init"
check "hi's exit function is found by its source file" is \
	"$(query '[.files[].sections[] | select(.name == ".exit.text").items[].name] | join(" ")')" "hi_exit"

### What a symbol of the configuration costs

modular=$(kernel_build "$kernel" modular) || give_up "no build of Linux $kernel"
check "the driver as a module and built in: the kernel's bloat-o-meter agrees" as_bloat_o_meter "$modular/vmlinux" "$vmlinux"
sections --compare --format bloat-o-meter "$modular/vmlinux" "$vmlinux"
check "the kernel's diffconfig says why, above it" like "$out" $'^ HI m -> y\n.*\nadd/remove: [1-9]'
sections --json --section '*' "$modular/vmlinux"
cp "$SCRATCH/out" "$SCRATCH/base.json"
sections --compare --baseline "$SCRATCH/base.json" --max-growth drivers/misc/hi=0 "$vmlinux"
check "a limit for its directory names the largest function" like "$status:$err" \
	"^1:.*drivers/misc/hi grew by [0-9]+ bytes, the limit is 0; most of all hi_[a-z_]+ grew"

command=$(sed -n 's/^    \$ \(scripts\/sections --driver .*\)/\1/p' "$TOP/README")
check "README's command works" like "$command $(cd "$TOP" && bash -c "$command" 2>&1)" "builtin.* hi_init +hi drivers/misc/hi/hi_main.c"

tap_end
