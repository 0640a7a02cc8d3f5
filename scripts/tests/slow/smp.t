#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Needs: build boot boot-x86_64 build-arm64 boot-arm64 build-riscv boot-riscv inspector matrix
#
# Four processors and full preemption, with PROVE_LOCKING and with KASAN, on the architectures
# that QEMU emulates with several: the self-tests, the stress test, every claim; KCSAN where gcc
# has it; and the mutants that are races.

. "$(dirname "$0")/../lib.sh"

newest=$(newest) || exit 1
boot=$SCRIPTS/boot

# stands_stress ARCH VARIANT ROUNDS: self-tests and stress test pass, and the kernel reports nothing
stands_stress() {
	local arch=$1 variant=$2 rounds=$3
	"$SCRIPTS/build" -a "$arch" -v "$variant" > /dev/null
	check "$arch, $variant: the self-tests" exits 0 "$boot" -a "$arch" -v "$variant" --timeout 600 hi_test
	check "$arch, $variant: four processors" grep -qE 'smp: Brought up 1 node, 4 CPUs' \
		"$CACHE/builds/$newest-$arch-$variant/boot/console.log"
	check "$arch, $variant: the stress test" exits 0 \
		"$boot" -a "$arch" -v "$variant" --timeout 1800 --append "HI_ROUNDS=$rounds" hi_stress
}

for arch in ${ARCHES:-x86_64 arm64 riscv}; do
	for variant in smp kasan; do
		# The rounds take as long as all the rest, and the code is the same everywhere.
		stands_stress "$arch" "$variant" "$([[ $arch == x86_64 ]] && echo 2000 || echo 200)"
		check "$arch, $variant: every claim holds or does not apply" refuses 0 " 0 fail" \
			"$SCRIPTS/matrix" -k "$newest" -a "$arch" -v "$variant"
	done
done
stands_stress x86_64 kcsan 500
hi=$CACHE/builds/$newest-x86_64-kcsan/drivers/misc/hi/hi.ko
check "kcsan: the driver is watched" grep -q __tsan_read <(nm -u "$hi")
check "kcsan: the kernel is not" not grep -q "callq\? .*__tsan_read" <(objdump -d --disassemble=vfs_read "$(dirname "$hi")/../../../vmlinux")

races=()
for patch in "$SCRIPTS"/mutants/*.patch; do
	name=$(basename -s .patch "$patch")
	[[ -z $(sed -n '2s/^Variant: //p' "$patch") ]] || races+=(--mutant "$name")
done
check "there are mutants that are races" test "${#races[@]}" -ge 10
check "they are noticed" exits 0 "$SCRIPTS/matrix" -k "$newest" -a x86_64 -v smp C1 C2 "${races[@]}"
tap_end
