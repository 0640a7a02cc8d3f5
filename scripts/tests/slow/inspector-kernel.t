#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Needs: build boot boot-x86_64 inspector 6.12 6.1
#
# --kernel on kernels: a module built with a configuration that has another struct module
# is told to be unusable, by BTF and by debug information alike, and so is one with other
# symbol versions. KERNELS="6.12 6.1" in the environment takes these, not the newest.

# shellcheck source=/dev/null disable=SC2154,SC2016
. "$(dirname "$0")/../inspector-lib.sh"

verdict() { jq -r '.modules[] | "\(.module) \(.verdict)"' <<<"$out"; }

read -ra kernels <<<"${KERNELS:-newest}"
for i in "${!kernels[@]}"; do
	kernels[i]=$(kernel_number "${kernels[i]}")
done

debug=$(kernel_build "${kernels[0]}" debuginfo) || give_up "no build of Linux ${kernels[0]} with debug information"
modular=$(kernel_build "${kernels[0]}" modular) || give_up "no build of Linux ${kernels[0]}"

sections --json --kernel "$debug/vmlinux" "$debug/drivers/misc/hi/hi.ko"
is "$status $(verdict)" "0 hi good" "a module and the kernel it was built with"
offsets=$(jq -r '.modules[0] | "\(.kernel_init) \(.kernel_exit)"' <<<"$out")
is "$(jq -r '.modules[0] | "\(.module_init) \(.module_exit)"' <<<"$out")" "$offsets" "agree on both offsets"
sections --json --kernel "$debug/vmlinux" "$modular/drivers/misc/hi/hi.ko"
is "$status $(verdict)" "1 hi refused" "one built without BTF has another struct module"
like "$out" "struct module has [0-9]+ bytes, the kernel.s has [0-9]+" "and is told so"

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

# The driver built by itself. With another configuration than the kernel it is for:
# PRINTK_INDEX puts two members between init and exit into struct module. 6.1 does not
# compare its size.
other_module() { # BUILD DIRECTORY KCFLAGS [MAKE-VARIABLE...]
	mkdir -p "$2"
	cp "$1"/source/drivers/misc/hi/*.[ch] "$2"
	printf 'obj-m := hi.o\nhi-y := hi_main.o hi_log.o\n' >"$2/Kbuild"
	make -s -C "$1" M="$2" KCFLAGS="$3" "${@:4}" modules >"$tmp/make.log" 2>&1 || cat "$tmp/make.log" >&2
}

for kernel in "${kernels[@]}"; do
	build=$(kernel_build "$kernel" debuginfo) || give_up "no build of Linux $kernel with debug information"
	rm -rf "$tmp/overlay/modules"
	mkdir -p "$tmp/overlay/modules/a-own" "$tmp/overlay/modules/b-other"
	cp "$build/drivers/misc/hi/hi.ko" "$tmp/overlay/modules/a-own/"
	other_module "$build" "$tmp/other-$kernel" -DCONFIG_PRINTK_INDEX=1
	cp "$tmp/other-$kernel/hi.ko" "$tmp/overlay/modules/b-other/"
	"$scripts/boot" -k "$kernel" -v debuginfo --overlay "$tmp/overlay" --output "$tmp/boot-$kernel" >/dev/null 2>"$tmp/messages" ||
		cat "$tmp/messages" >&2
	seen() { sed -n "s|^# /modules/$1/hi.ko ||p" "$tmp/boot-$kernel/verdict.tap"; }
	sections --json --kernel "$build/vmlinux" "$tmp/overlay/modules/a-own/hi.ko"
	is "$(verdict), $(seen a-own)" "hi good, good" "$kernel: its own module is good, in the guest too"
	# x86 may notice that it would write an exit function's address over something else.
	sections --json --kernel "$build/vmlinux" "$tmp/overlay/modules/b-other/hi.ko"
	like "$(verdict), $(seen b-other)" "^hi permanent, (permanent|refused)$" \
		"$kernel: one with another struct module is not usable, in the guest neither"
	echo "# the guest: $(seen b-other)"
done

### Symbol versions: the variant forced has them, and struct module only where a module
# of it is built with debug information. um is built and booted in little time.

# make_wrong MODULE SECTION: with another first checksum
make_wrong() {
	local offset

	offset=$(readelf -SW "$1" | sed -n "s/.* $2 *PROGBITS *[0-9a-f]* \([0-9a-f]*\) .*/\1/p")
	[ "$offset" ] || return
	poke "$1" $((16#$offset)) '\377\377'
}

for kernel in "${kernels[@]}"; do
	build=$(kernel_build "$kernel" forced um) || give_up "no build of Linux $kernel with symbol versions"
	own=$build/drivers/misc/hi/hi.ko
	other_module "$build" "$tmp/btf-$kernel" -g ARCH=um
	pahole -J "$tmp/btf-$kernel/hi.ko" && objcopy --dump-section .BTF="$tmp/btf" "$tmp/btf-$kernel/hi.ko"
	objcopy --add-section .BTF="$tmp/btf" "$build/vmlinux" "$tmp/with-btf"

	rm -rf "$tmp/overlay/modules"
	mkdir -p "$tmp/overlay/modules"/{a-own,b-wrong,c-unread}
	for module in "$tmp/overlay/modules"/*; do
		cp "$own" "$module"
	done
	section=__versions unread=
	if since 6.14 "$kernel"; then
		section=__version_ext_crcs unread=__versions
	fi
	make_wrong "$tmp/overlay/modules/b-wrong/hi.ko" $section
	ok $? "$kernel: a module with another checksum in $section"
	[ ! "$unread" ] || make_wrong "$tmp/overlay/modules/c-unread/hi.ko" $unread
	ok $? "$kernel: one with another checksum in ${unread:-nothing}"
	"$scripts/boot" -k "$kernel" -a um -v forced --overlay "$tmp/overlay" --output "$tmp/boot-$kernel" >/dev/null 2>"$tmp/messages" ||
		cat "$tmp/messages" >&2
	sections --json --kernel "$tmp/with-btf" "$tmp/overlay/modules/a-own/hi.ko"
	is "$(verdict), $(seen a-own)" "hi good, good" "$kernel: its own module is good, in the guest too"
	sections --json --kernel "$tmp/with-btf" "$tmp/overlay/modules/b-wrong/hi.ko"
	is "$(verdict), $(seen b-wrong)" "hi refused, refused" "$kernel: one with another version is refused, in the guest too"
	like "$out" "disagrees about version of symbol" "and that is why"
	sections --json --kernel "$tmp/with-btf" "$tmp/overlay/modules/c-unread/hi.ko"
	is "$(verdict), $(seen c-unread)" "hi good, good" "$kernel: what is not read does not count, in the guest neither"
done

done_testing
