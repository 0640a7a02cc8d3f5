#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Needs: boot boot-x86_64 modules inspector debian:6.1 debian:6.12 debian:newest
#
# scripts/why: each cause is produced in a guest with a stock kernel, and why names it by the file, the
# kernel and the guest's log. Twenty modules of each kernel load. Prints a table of causes and kernels.

. "$(dirname "$0")/../lib.sh"

# BOOT|CAUSE|NAME|KERNELS|COMMANDS, of which the last fails. The name is that of the file in /modules.
# KERNELS are those that can fail so: 7.3 of Debian has no MODVERSIONS, and 6.1 does not compare sizes.
CASES='
plain|vermagic|other|6.1 6.12 7.3|/kmod/insmod /modules/other.ko
plain|version|flipped|6.1 6.12|/kmod/insmod /modules/flipped.ko
plain|size|size|6.12 7.3|/kmod/insmod /modules/size.ko
plain|unknown-symbol|needing|6.1 6.12 7.3|/kmod/insmod /modules/needing.ko
plain|unknown-symbol|vsock_loopback|6.1 6.12 7.3|/kmod/insmod /modules/vsock_loopback.ko
plain|gpl-only|proprietary|6.1 6.12 7.3|/kmod/insmod /modules/proprietary.ko
plain|namespace|cipher|6.1 6.12 7.3|/kmod/insmod /modules/cipher.ko
plain|loaded|hi|6.1 6.12 7.3|/kmod/insmod /modules/hi.ko; /kmod/insmod /modules/hi.ko
plain|in-use|hi|6.1 6.12 7.3|exec 3< /dev/hi; /kmod/rmmod hi
plain|parameter|hi|6.1 6.12 7.3|/kmod/rmmod hi; /kmod/insmod /modules/hi.ko depth=many
plain|builtin|i8042|6.1 6.12 7.3|/kmod/insmod /modules/i8042.ko
plain|init-error|hi_fail|6.1 6.12 7.3|/kmod/insmod /modules/hi_fail.ko init_return=-5
plain|in-use|needed|6.1 6.12 7.3|/kmod/insmod /modules/needed.ko; /kmod/insmod /modules/needing.ko; /kmod/rmmod needed
plain|force-needed|hi_permanent|6.1 6.12 7.3|/kmod/insmod /modules/hi_permanent.ko; /kmod/rmmod hi_permanent
plain|loaded|hi_permanent|6.1 6.12 7.3|busybox insmod /modules/hi_permanent.ko
plain|not-loaded|hi_cleanup|6.1 6.12 7.3|/kmod/rmmod hi_cleanup
plain|truncated|short|6.1 6.12 7.3|/kmod/insmod /modules/short.ko
plain|not-elf|text|6.1 6.12 7.3|/kmod/insmod /modules/text.ko
plain|architecture|arm64|6.1 6.12 7.3|/kmod/insmod /modules/arm64.ko
plain|not-relocatable|program|6.1 6.12 7.3|/kmod/insmod /modules/program.ko
plain|no-module|object|6.1 6.12 7.3|/kmod/insmod /modules/object.ko
plain|packed|packed|6.1 6.12 7.3|busybox insmod /modules/packed.ko
plain|blacklisted|hi_bare|6.1 6.12 7.3|/kmod/insmod /modules/hi_bare.ko
plain|no-permission|hi_cleanup|6.1 6.12 7.3|su nobody -c "cat /proc/self/status > /tmp/status; /kmod/insmod /modules/hi_cleanup.ko"
plain|modules-disabled|hi_cleanup|6.1 6.12 7.3|echo 1 > /proc/sys/kernel/modules_disabled; /kmod/insmod /modules/hi_cleanup.ko
enforce|unsigned|hi|6.1 6.12 7.3|/kmod/insmod /modules/hi.ko
enforce|key|signed|6.1 6.12 7.3|/kmod/insmod /modules/signed.ko
enforce|bad-signature|broken|6.1 6.12 7.3|/kmod/insmod /modules/broken.ko
lockdown|lockdown|hi|6.1 6.12 7.3|/kmod/insmod /modules/hi.ko
'
declare -A WORDS=([plain]="module_blacklist=hi_bare" [enforce]="module.sig_enforce=1" [lockdown]="lockdown=integrity") CELL

# own_module NAME: prints the kernel's own module of that name, unpacked
own_module() {
	local file
	file=$(find "$stock/modules/kernel" -name "$1.ko*" | head -n 1)
	case $file in
	*.xz)	xz -dc "$file" ;;
	*)	cat "$file" ;;
	esac
}

# edit_section FILE SECTION COMMAND...: COMMAND changes the section, which is in the file section.bin
edit_section() {
	objcopy --dump-section "$2=section.bin" "$1" && "${@:3}" && objcopy --update-section "$2=section.bin" "$1"
}

poke() { printf '%b' "$2" | dd of="$1" bs=1 seek="$3" conv=notrunc status=none; }
flip_last_crc() { poke section.bin '\x01\x02\x03\x04' $(($(stat -c %s section.bin) - 64)); }
grow() { head -c 64 /dev/zero >> section.bin; }

# make_modules DIRECTORY OTHER: the modules of this kernel, and spoiled ones; OTHER is another kernel's module
make_modules() {
	local driver=$build/drivers/misc/hi
	mkdir -p "$1"
	cd "$1" || return
	cp "$driver"/*.ko "$SCRATCH/why-$kernel"/*.ko "$SCRATCH/needed-$kernel"/{needed,needing}.ko .
	own_module vsock_loopback > vsock_loopback.ko
	cp "$2" other.ko
	cp hi_cleanup.ko flipped.ko
	! grep -q __versions <(objdump -h flipped.ko) || edit_section flipped.ko __versions flip_last_crc
	cp hi_cleanup.ko size.ko
	edit_section size.ko .gnu.linkonce.this_module grow
	LC_ALL=C sed 's/license=GPL\x00/license=BSD\x00/' "$driver/hi.ko" > proprietary.ko
	LC_ALL=C sed -i 's/import_ns=CRYPTO_INTERNAL/import_ns=CRYPTO_INTERNAX/' cipher.ko
	head -c 5000 hi.ko > short.ko
	printf 'This is a text, and no module.\n%.0s' {1..10} > text.ko
	cp hi.ko arm64.ko
	poke arm64.ko '\xb7\x00' 18
	cp "$(command -v busybox)" program.ko
	cp "$driver/hi.o" object.ko
	zstd -qc hi.ko > packed.ko
	cp hi.ko signed.ko
	"$stock/headers/scripts/sign-file" sha256 "$SCRATCH/key.pem" "$SCRATCH/certificate.der" signed.ko
	own_module lru_cache > broken.ko
	poke broken.ko 'X' 1000
}

# good_modules DIRECTORY: twenty of this kernel's modules that need no other, and no device
good_modules() {
	local file name count=0
	find "$stock/modules/kernel"/{lib,crypto,net/sched,net/netfilter} -name '*.ko*' | sort | grep -v test | while read -r file; do
		[[ -z $(modinfo -F depends "$file") && $file != *tcrypt* ]] || continue
		name=${file##*/} name=${name%%.ko*}
		own_module "$name" > "$1/good-$name.ko"
		echo "good-$name|/kmod/insmod /modules/good-$name.ko"
		count=$((count + 1))
		(( count < 20 )) || break
	done
}

# boot_cases BOOT: runs the cases of this boot, and puts what was said and the files of each into
# $SCRATCH/KERNEL/BOOT/NUMBER
boot_cases() {
	local overlay=$SCRATCH/overlay out=$SCRATCH/$kernel/$1
	mkdir -p "$out"
	awk -F'|' -v boot="$1" -v kernel="$kernel" '$1 == boot && (" " $4 " ") ~ (" " kernel " ") { print $2 ":" $3 "|" $5 }' <<< "$CASES" > "$overlay/cases"
	[[ $1 != enforce ]] || cat "$SCRATCH/good" >> "$overlay/cases"
	"$SCRIPTS/boot" -k "debian:$archive_name" --timeout "${HI_SECONDS:-600}" --append "${WORDS[$1]}" --overlay "$overlay" --output "$out/boot" > "$out/verdict" 2> "$out/messages"
	tr -d '\r' < "$out/boot/verdict.tap" | (cd "$out" && awk '
		/^# case / { number++; system("mkdir -p " number); print substr($0, 8) > (number "/name"); next }
		/^# said / { print substr($0, 8) > (number "/log"); next }
		/^# file / { file = $3; sub(/^# file [^ ]* /, ""); place = number "/root/" file; parent = place; sub(/\/[^\/]*$/, "", parent)
			if (!(parent in made)) { system("mkdir -p " parent); made[parent] = 1 }
			print > place }')
	check "$kernel, $1: each case came to its end as planned" grep -q 'ended with status 0' "$out/verdict" || cat "$out/messages"
}

# ask CASE-DIRECTORY FILE: why's cause and text
ask() {
	mkdir -p "$1/root"
	touch "$1/log"
	"$SCRIPTS/why" "$2" --kernel "$release" --log "$1/log" --root "$1/root" --json > "$1/answer" 2> "$1/errors"
	jq -r .cause "$1/answer" || cat "$1/errors"
}

judge_cases() {
	local place name cause answer
	for place in "$SCRATCH/$kernel"/*/[0-9]*; do
		name=$(<"$place/name")
		if [[ $name == good-* ]]; then
			cause=loads
			answer=$("$SCRIPTS/why" "$SCRATCH/overlay/modules/$name.ko" --kernel "$release" --json | jq -r .cause)
		else
			cause=${name%%:*} name=${name#*:}
			answer=$(ask "$place" "$SCRATCH/overlay/modules/$name.ko")
		fi
		check "$kernel: $name: $cause" test "$answer" = "$cause" || { cat "$place/log" "$place/answer"; }
		CELL[$cause,$kernel]+=$([[ $answer == "$cause" ]] && echo . || echo " $answer")
	done
}

openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=hi -keyout "$SCRATCH/key.pem" -out "$SCRATCH/certificate.pem" 2> /dev/null
openssl x509 -in "$SCRATCH/certificate.pem" -outform DER -out "$SCRATCH/certificate.der"
for archive_name in ${HI_STOCK:-6.1 6.12 newest}; do
	release=$("$SCRIPTS/setup" --release "debian:$archive_name") || exit 1
	kernel=$(cut -d . -f 1,2 <<< "$release")
	stock=$CACHE/stock/$release
	rm -rf "$SCRATCH/overlay"
	mkdir -p "$SCRATCH/overlay/tests"
	cp -r "$SCRIPTS/tests/why" "$SCRATCH/why-$kernel"
	cp -r "$SCRIPTS/guest/modules" "$SCRATCH/needed-$kernel"
	echo 'obj-m := needed.o needing.o' > "$SCRATCH/needed-$kernel/Kbuild"
	build=$("$SCRIPTS/build" -k "debian:$archive_name" --modules "$SCRATCH/why-$kernel" --modules "$SCRATCH/needed-$kernel") || exit 1
	other=newest
	[[ $archive_name != newest ]] || other=6.12
	other=$("$SCRIPTS/build" -k "debian:$other") || exit 1
	(make_modules "$SCRATCH/overlay/modules" "$other/drivers/misc/hi/hi_cleanup.ko") || exit 1
	good_modules "$SCRATCH/overlay/modules" > "$SCRATCH/good"
	check "$kernel: there are 20 good modules" test "$(wc -l < "$SCRATCH/good")" = 20
	cp "$SCRIPTS/tests/why/cases.sh" "$SCRATCH/overlay/tests/"
	for boot in plain enforce lockdown; do
		boot_cases $boot
	done
	judge_cases
done

mapfile -t kernels < <(printf '%s\n' "${!CELL[@]}" | sed 's/.*,//' | sort -uV)
note "Each dot is a case that why named; - is a cause that this kernel cannot have."
note "$(printf '%-18s' cause; printf '%-24s' "${kernels[@]}")"
for cause in $(printf '%s\n' "${!CELL[@]}" | sed 's/,.*//' | sort -u); do
	note "$(printf '%-18s' "$cause"; for kernel in "${kernels[@]}"; do printf '%-24s' "${CELL[$cause,$kernel]:--}"; done)"
done
note "unknown: $(printf '%s\n' "${CELL[@]}" | grep -o unknown | wc -l)"
tap_end
