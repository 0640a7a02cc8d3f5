#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Needs: boot boot-x86_64 firmware modules test debian:6.1 debian:6.12 debian:newest
#
# This test signs modules as scripts/README says, and loads them in stock kernels that take signed modules
# only. The firmware has the certificate the first time, and none the second time.

. "$(dirname "$0")/../lib.sh"

firmware=/usr/share/OVMF
qemu=$(command -v qemu-system-x86_64)

# boot runs this script as QEMU. It adds UEFI firmware, whose variables are in the file $variables.
mkdir "$SCRATCH/bin"
cat > "$SCRATCH/bin/qemu-system-x86_64" <<-END
	#!/bin/bash
	words=()
	while (( \$# )); do
		if [[ \$1 == -bios ]]; then
			shift
		else
			words+=("\$1")
		fi
		shift
	done
	exec $qemu "\${words[@]}" -drive "if=pflash,format=raw,unit=0,readonly=on,file=$firmware/OVMF_CODE_4M.fd" \
		-drive "if=pflash,format=raw,unit=1,file=\$variables"
END
chmod +x "$SCRATCH/bin/qemu-system-x86_64"

# make_key NAME: NAME.pem, and its certificate NAME.der
make_key() {
	openssl req -x509 -newkey rsa:2048 -nodes -subj "/CN=$1" -keyout "$SCRATCH/$1.pem" -outform DER -out "$SCRATCH/$1.der" 2> /dev/null
}

# boot_with VARIABLES: the guest's log is in $SCRATCH/output
boot_with() {
	cp "$1" "$SCRATCH/variables"
	PATH=$SCRATCH/bin:$PATH variables=$SCRATCH/variables "$SCRIPTS/boot" -k "$kernel" --overlay "$overlay" --append module.sig_enforce=1
}

make_key mine
make_key stranger
check "the certificate is put into the firmware" exits 0 \
	"$SCRIPTS/tests/secure-boot/enrol.py" "$firmware/OVMF_VARS_4M.fd" "$SCRATCH/mine.der" "$SCRATCH/enrolled"
check "variables that have something in them are refused" refuses 1 "there are variables in it" \
	"$SCRIPTS/tests/secure-boot/enrol.py" "$SCRATCH/enrolled" "$SCRATCH/mine.der" "$SCRATCH/twice"

for kernel in ${HI_STOCK:-debian:6.1 debian:6.12 debian:newest}; do
	release=$("$SCRIPTS/setup" --release "$kernel") && build=$("$SCRIPTS/build" -k "$kernel" | tail -n 1) || exit 1
	overlay=$SCRATCH/overlay-$release
	mkdir -p "$overlay"/{modules,tests}
	for module in unsigned stranger mine; do
		cp "$build/drivers/misc/hi/hi.ko" "$overlay/modules/$module.ko"
	done
	for module in stranger mine; do
		"$CACHE/stock/$release/headers/scripts/sign-file" sha256 "$SCRATCH/$module.pem" "$SCRATCH/$module.der" "$overlay/modules/$module.ko"
	done
	cp "$SCRIPTS/tests/secure-boot/signed.sh" "$overlay/tests/"
	cp "$SCRIPTS/tap.sh" "$overlay/"
	check "$kernel: a machine whose firmware has the certificate" exits 0 boot_with "$SCRATCH/enrolled"
	check "$kernel: the kernel says so" grep -qE "Loaded X.509 cert 'mine: " "$SCRATCH/output"
	check "$kernel: what is signed with this key is loaded, and nothing else" test "$(grep '^# loaded' "$SCRATCH/output")" = "# loaded: mine"
	check "$kernel: another key was rejected" said "could not insert module /modules/stranger.ko: Key was rejected by service"
	check "$kernel: a machine whose firmware has no certificate" exits 0 boot_with "$firmware/OVMF_VARS_4M.fd"
	check "$kernel: it loads none of them" test "$(grep -c '^# loaded' "$SCRATCH/output")" = 0
	check "$kernel: the key was rejected" said "could not insert module /modules/mine.ko: Key was rejected by service"
done
tap_end
