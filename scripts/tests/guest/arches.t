#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Needs: build boot inspector matrix
#
# Another architecture, modular and built in: um, which keeps the exit code of what is built
# in. ARCHES="m68k arm64 riscv arm" in the environment takes others.

. "$(dirname "$0")/../lib.sh"

declare -A fates=([um]="kept" [m68k]="discarded by the linker" [arm64]="freed at boot" [riscv]="freed at boot" [arm]="freed at boot")

# found FILE: what the inspector says becomes of hi_exit there
found() {
	"$SCRIPTS/sections" --json --driver hi "$1" | jq -r '.files[].sections[] |
		select(.name == ".exit.text" and any(.items[]; .name == "hi_exit")).lifetime'
}

newest=$(newest) || exit 1
for arch in ${ARCHES:-um}; do
	# The matrix would hold the progress of a build back until it fails.
	for variant in modular builtin; do
		"$SCRIPTS/build" -a "$arch" -v "$variant" > /dev/null
	done
	check "$arch: every claim holds or does not apply" refuses 0 " 0 fail" "$SCRIPTS/matrix" -k "$newest" -a "$arch" \
		-v modular -v builtin
	check "$arch: C16 holds" grep -qE '^C16 .*✓' "$SCRATCH/output"
	for variant in modular builtin; do
		check "$arch $variant: its tests pass in the guest" exits 0 "$SCRIPTS/boot" -a "$arch" -v "$variant"
	done
	build=$CACHE/builds/$newest-$arch-builtin
	check "$arch: hi_exit is in the object" grep -qw hi_exit <(nm "$build/drivers/misc/hi/hi_main.o")
	check "$arch: in vmlinux, by the inspector" test "$(found "$build/vmlinux")" = "${fates[$arch]}"
	nm "$build/vmlinux" > "$SCRATCH/symbols"
	if [[ ${fates[$arch]} == discarded* ]]; then
		check "$arch: vmlinux has no hi_exit" not grep -qw hi_exit "$SCRATCH/symbols"
	else
		check "$arch: vmlinux has hi_exit" grep -qw hi_exit "$SCRATCH/symbols"
	fi
	check "$arch: by its linker script" refuses 0 "$newest-$arch-builtin: ${fates[$arch]}, by linker script and vmlinux" \
		"$SCRIPTS/fates" "$newest" "$arch"
	check "$arch: demo" refuses 0 "${fates[$arch]}" "$SCRIPTS/demo" -a "$arch"
done

# A linker script that is misread: the matrix notices, in vmlinux and in the guest.
cp -r "$SCRIPTS" "$TOP/patches" "$TOP/series" "$SCRATCH/"
sed -i 's/^FREED, DISCARDED, KEPT = .*/FREED, DISCARDED, KEPT = "freed at boot", "discarded by the linker", "discarded by mistake"/' \
	"$SCRATCH/scripts/hi/fates.py"
check "a fate that is not: exit 1" exits 1 "$SCRATCH/scripts/matrix" -k "$newest" -a um -v builtin C16
check "vmlinux shows it" said "discarded by the linker script, kept in vmlinux"
check "the guest shows it" said "there is a hi_exit"
tap_end
