#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Needs: chroot
#
# scripts/dkms.conf in a new Debian 12: add, build, install, a second kernel, remove. As root.
# HI_DEBIAN is the directory of a Debian 12 to be used instead of a new one.

. "$(dirname "$0")/../lib.sh"

root=${HI_DEBIAN:-$SCRATCH/debian}
in_chroot() { env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"; }
finish() {
	umount "$root/proc" 2> /dev/null
	rm -rf "$SCRATCH"
}
trap finish EXIT

# All files where modules and dkms' work are, but for the lists that depmod writes and the key that dkms
# makes for itself once.
files() { in_chroot find /lib/modules /var/lib/dkms /usr/src | grep -vE '/modules\.[a-z.]+$|/mok\.(key|pub)$' | sort; }
installed() { in_chroot find "/lib/modules/$1/updates" -name 'hi*.ko*' | wc -l; }

[[ -n ${HI_DEBIAN-} ]] || check "a new Debian 12" exits 0 debootstrap --variant=minbase bookworm "$root"
cp /etc/resolv.conf /etc/hosts "$root/etc/"
cp /etc/apt/apt.conf.d/* "$root/etc/apt/apt.conf.d/" 2> /dev/null
mount -t proc proc "$root/proc"
in_chroot apt-get -q update > /dev/null
mapfile -t kernels < <(in_chroot apt-cache pkgnames linux-headers-6.1.0 | sed -nE 's/^linux-headers-(6\.1\.0-[0-9]+-amd64)$/\1/p' | sort -V | tail -n 2)
check "there are headers of two kernels" test "${#kernels[@]}" = 2
check "dkms and headers" exits 0 in_chroot apt-get -qy install --no-install-recommends dkms kmod "${kernels[@]/#/linux-headers-}"
before=$(files)
cp -r "$TOP/drivers-misc-hi" "$root/usr/src/hi-1.0"
cp "$SCRIPTS/dkms.conf" "$root/usr/src/hi-1.0/"
check "dkms add" exits 0 in_chroot dkms add hi/1.0
check "dkms build" exits 0 in_chroot dkms build hi/1.0 -k "${kernels[0]}"
check "dkms install" exits 0 in_chroot dkms install hi/1.0 -k "${kernels[0]}"
check "its five modules are there" test "$(installed "${kernels[0]}")" = 5
check "modinfo finds hi" exits 0 in_chroot modinfo -k "${kernels[0]}" -F vermagic hi
check "it is for this kernel" said "${kernels[0]} "
check "a second kernel: dkms autoinstall" exits 0 in_chroot dkms autoinstall -k "${kernels[1]}"
check "its five modules are there too" test "$(installed "${kernels[1]}")" = 5
check "modinfo finds hi for it" exits 0 in_chroot modinfo -k "${kernels[1]}" -F vermagic hi
check "it is for the second kernel" said "${kernels[1]} "
check "dkms remove --all" exits 0 in_chroot dkms remove hi/1.0 --all
rm -rf "$root/usr/src/hi-1.0"
check "no trace is left" diff <(echo "$before") <(files)
tap_end
