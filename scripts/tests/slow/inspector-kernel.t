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

read -ra kernels <<<"${KERNELS:-$(newest)}"

debug=$(kernel_build "${kernels[0]}" debuginfo) || give_up "no build of Linux ${kernels[0]} with debug information"
modular=$(kernel_build "${kernels[0]}" modular) || give_up "no build of Linux ${kernels[0]}"

sections --json --kernel "$debug/vmlinux" "$debug/drivers/misc/hi/hi.ko"
check "a module and the kernel it was built with" is "$status $(verdict)" "0 hi good"
offsets=$(jq -r '.modules[0] | "\(.kernel_init) \(.kernel_exit)"' <<<"$out")
check "agree on both offsets" is "$(jq -r '.modules[0] | "\(.module_init) \(.module_exit)"' <<<"$out")" "$offsets"
sections --json --kernel "$debug/vmlinux" "$modular/drivers/misc/hi/hi.ko"
check "one built without BTF has another struct module" is "$status $(verdict)" "1 hi refused"
check "and is told so" like "$out" "struct module has [0-9]+ bytes, the kernel.s has [0-9]+"

objcopy -R .BTF "$debug/vmlinux" "$SCRATCH/dwarf"
sections --json --kernel "$SCRATCH/dwarf" "$debug/drivers/misc/hi/hi.ko"
check "without BTF debug information says the same" is \
	"$status $(jq -r '.modules[0] | "\(.kernel_init) \(.kernel_exit)"' <<<"$out")" "0 $offsets"
objcopy -O binary --only-section=.BTF "$debug/vmlinux" "$SCRATCH/btf"
sections --json --kernel "$SCRATCH/btf" "$debug/drivers/misc/hi/hi.ko"
check "BTF alone, as in /sys/kernel/btf, says the same" is \
	"$status $(jq -r '.modules[0] | "\(.kernel_init) \(.kernel_exit)"' <<<"$out")" "0 $offsets"

# The guest says of each module what became of it: good, permanent, or refused.
mkdir -p "$SCRATCH/overlay/tests"
cat >"$SCRATCH/overlay/tests/load" <<'EOF'
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
chmod +x "$SCRATCH/overlay/tests/load"

# The driver built by itself. With another configuration than the kernel it is for:
# PRINTK_INDEX puts two members between init and exit into struct module. 6.1 does not
# compare its size.
other_module() { # BUILD DIRECTORY KCFLAGS [MAKE-VARIABLE...]
	mkdir -p "$2"
	cp "$1"/source/drivers/misc/hi/*.[ch] "$2"
	printf 'obj-m := hi.o\nhi-y := hi_main.o hi_log.o\n' >"$2/Kbuild"
	make -s -C "$1" M="$2" KCFLAGS="$3" "${@:4}" modules >"$SCRATCH/make.log" 2>&1 || cat "$SCRATCH/make.log" >&2
}

for kernel in "${kernels[@]}"; do
	build=$(kernel_build "$kernel" debuginfo) || give_up "no build of Linux $kernel with debug information"
	rm -rf "$SCRATCH/overlay/modules"
	mkdir -p "$SCRATCH/overlay/modules/a-own" "$SCRATCH/overlay/modules/b-other"
	cp "$build/drivers/misc/hi/hi.ko" "$SCRATCH/overlay/modules/a-own/"
	other_module "$build" "$SCRATCH/other-$kernel" -DCONFIG_PRINTK_INDEX=1
	cp "$SCRATCH/other-$kernel/hi.ko" "$SCRATCH/overlay/modules/b-other/"
	"$SCRIPTS/boot" -k "$kernel" -v debuginfo --overlay "$SCRATCH/overlay" --output "$SCRATCH/boot-$kernel" >/dev/null 2>"$SCRATCH/messages" ||
		cat "$SCRATCH/messages" >&2
	seen() { sed -n "s|^# /modules/$1/hi.ko ||p" "$SCRATCH/boot-$kernel/verdict.tap"; }
	sections --json --kernel "$build/vmlinux" "$SCRATCH/overlay/modules/a-own/hi.ko"
	check "$kernel: its own module is good, in the guest too" is "$(verdict), $(seen a-own)" "hi good, good"
	# x86 may notice that it would write an exit function's address over something else.
	sections --json --kernel "$build/vmlinux" "$SCRATCH/overlay/modules/b-other/hi.ko"
	check "$kernel: one with another struct module is not usable, in the guest neither" like \
		"$(verdict), $(seen b-other)" "^hi permanent, (permanent|refused)$"
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
	other_module "$build" "$SCRATCH/btf-$kernel" -g ARCH=um
	pahole -J "$SCRATCH/btf-$kernel/hi.ko" && objcopy --dump-section .BTF="$SCRATCH/btf" "$SCRATCH/btf-$kernel/hi.ko"
	objcopy --add-section .BTF="$SCRATCH/btf" "$build/vmlinux" "$SCRATCH/with-btf"

	rm -rf "$SCRATCH/overlay/modules"
	mkdir -p "$SCRATCH/overlay/modules"/{a-own,b-wrong,c-unread}
	for module in "$SCRATCH/overlay/modules"/*; do
		cp "$own" "$module"
	done
	section=__versions unread=
	if since 6.14 "$kernel"; then
		section=__version_ext_crcs unread=__versions
	fi
	make_wrong "$SCRATCH/overlay/modules/b-wrong/hi.ko" $section
	check "$kernel: a module with another checksum in $section" test $? = 0
	[ ! "$unread" ] || make_wrong "$SCRATCH/overlay/modules/c-unread/hi.ko" $unread
	check "$kernel: one with another checksum in ${unread:-nothing}" test $? = 0
	"$SCRIPTS/boot" -k "$kernel" -a um -v forced --overlay "$SCRATCH/overlay" --output "$SCRATCH/boot-$kernel" >/dev/null 2>"$SCRATCH/messages" ||
		cat "$SCRATCH/messages" >&2
	sections --json --kernel "$SCRATCH/with-btf" "$SCRATCH/overlay/modules/a-own/hi.ko"
	check "$kernel: its own module is good, in the guest too" is "$(verdict), $(seen a-own)" "hi good, good"
	sections --json --kernel "$SCRATCH/with-btf" "$SCRATCH/overlay/modules/b-wrong/hi.ko"
	check "$kernel: one with another version is refused, in the guest too" is \
		"$(verdict), $(seen b-wrong)" "hi refused, refused"
	check "and that is why" like "$out" "disagrees about version of symbol"
	sections --json --kernel "$SCRATCH/with-btf" "$SCRATCH/overlay/modules/c-unread/hi.ko"
	check "$kernel: what is not read does not count, in the guest neither" is \
		"$(verdict), $(seen c-unread)" "hi good, good"
done

tap_end
