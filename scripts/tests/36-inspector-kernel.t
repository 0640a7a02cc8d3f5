#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# --kernel on kernels: a module built with a configuration that has another struct module
# is told to be unusable, by BTF and by debug information alike.

# shellcheck source=/dev/null disable=SC2154,SC2016
. "$(dirname "$0")/inspector-lib.sh"

verdict() { jq -r '.modules[] | "\(.module) \(.verdict)"' <<<"$out"; }

debug=$(kernel_build 6.12 debuginfo) || give_up "no build of Linux 6.12 with debug information"
modular=$(kernel_build 6.12 modular) || give_up "no build of Linux 6.12"

sections --json --kernel "$debug/vmlinux" "$debug/drivers/misc/hi/hi.ko"
is "$status $(verdict)" "0 hi good" "a module and the kernel it was built with"
offsets=$(jq -r '.modules[0] | "\(.kernel_init) \(.kernel_exit)"' <<<"$out")
is "$(jq -r '.modules[0] | "\(.module_init) \(.module_exit)"' <<<"$out")" "$offsets" "agree on both offsets"
sections --json --kernel "$debug/vmlinux" "$modular/drivers/misc/hi/hi.ko"
is "$status $(verdict)" "1 hi refused" "one built without BTF has another struct module"
like "$out" "struct module of [0-9]+ bytes, not [0-9]+" "and is told so"

objcopy -R .BTF "$debug/vmlinux" "$tmp/dwarf"
sections --json --kernel "$tmp/dwarf" "$debug/drivers/misc/hi/hi.ko"
is "$status $(jq -r '.modules[0] | "\(.kernel_init) \(.kernel_exit)"' <<<"$out")" "0 $offsets" \
	"without BTF debug information says the same"
objcopy -O binary --only-section=.BTF "$debug/vmlinux" "$tmp/btf"
sections --json --kernel "$tmp/btf" "$debug/drivers/misc/hi/hi.ko"
is "$status $(jq -r '.modules[0] | "\(.kernel_init) \(.kernel_exit)"' <<<"$out")" "0 $offsets" \
	"BTF alone, as in /sys/kernel/btf, says the same"

done_testing
