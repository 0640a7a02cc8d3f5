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

# The guest says of each module what became of it: good, permanent, or refused.
mkdir -p "$tmp/overlay/tests"
cat >"$tmp/overlay/tests/load" <<'EOF'
#!/bin/sh
echo 1..1
for path in /modules/*/hi.ko; do
	verdict=refused
	if insmod "$path"; then
		verdict=good
		! grep -q '\[permanent\]' /proc/modules || verdict=permanent
		rmmod hi
	fi
	echo "# $path $verdict"
done
echo "ok 1 - tried"
EOF
chmod +x "$tmp/overlay/tests/load"

# The driver built with another configuration than the kernel it is for: PRINTK_INDEX puts
# two members between init and exit into struct module. 6.1 does not compare its size.
other_module() { # BUILD DIRECTORY
	mkdir -p "$2"
	cp "$1"/source/drivers/misc/hi/*.[ch] "$2"
	printf 'obj-m := hi.o\nhi-y := hi_main.o hi_log.o\n' >"$2/Kbuild"
	make -s -C "$1" M="$2" KCFLAGS=-DCONFIG_PRINTK_INDEX=1 modules >"$tmp/make.log" 2>&1 || cat "$tmp/make.log" >&2
}

for kernel in 6.12 6.1; do
	build=$(kernel_build "$kernel" debuginfo) || give_up "no build of Linux $kernel with debug information"
	rm -rf "$tmp/overlay/modules"
	mkdir -p "$tmp/overlay/modules/a-own" "$tmp/overlay/modules/b-other"
	cp "$build/drivers/misc/hi/hi.ko" "$tmp/overlay/modules/a-own/"
	other_module "$build" "$tmp/other-$kernel"
	cp "$tmp/other-$kernel/hi.ko" "$tmp/overlay/modules/b-other/"
	"$scripts/boot" -k "$kernel" -v debuginfo --overlay "$tmp/overlay" --output "$tmp/boot-$kernel" >/dev/null 2>"$tmp/messages" ||
		cat "$tmp/messages" >&2
	seen() { sed -n "s|^# /modules/$1/hi.ko ||p" "$tmp/boot-$kernel/verdict.tap"; }
	sections --json --kernel "$build/vmlinux" "$tmp/overlay/modules/a-own/hi.ko"
	is "$(verdict), $(seen a-own)" "hi good, good" "$kernel: its own module is good, in the guest too"
	# x86 may notice that it would write an exit routine's address over something else.
	sections --json --kernel "$build/vmlinux" "$tmp/overlay/modules/b-other/hi.ko"
	like "$(verdict), $(seen b-other)" "^hi permanent, (permanent|refused)$" \
		"$kernel: one with another struct module is not usable, in the guest neither"
	echo "# the guest: $(seen b-other)"
done

done_testing
