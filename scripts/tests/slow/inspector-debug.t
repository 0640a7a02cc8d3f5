#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Needs: build inspector 6.12 6.1
#
# Kernels with debug information: the inspector's source files against addr2line's,
# for every init and exit function, and their padding against readelf's.
# KERNELS="6.12 6.1" in the environment takes these, not the newest.

# shellcheck source=/dev/null disable=SC2154,SC2016
. "$(dirname "$0")/../inspector-lib.sh"

code='.files[].sections[] | select(.name | endswith(".text")).items[]'

# "ADDRESS FILE" for each address on standard input: of the frames at an address the
# last is the function itself, those before were inlined.
by_addr2line() {
	addr2line -a -i -f -e "$1" | awk '
		/^0x/ { if (address) print address, file; address = $1; line = 0; next }
		{ if (line++ % 2) { file = $1; sub(/:[0-9?]*$/, "", file) } }
		END { print address, file }
	' | sed 's/^0x0*/0x/'
}

# Lines "ADDRESS OURS THEIRS" that disagree. A file that a unit includes is no unit:
# there is no object of it.
disagreements() { # BUILD TREE
	while read -r address ours theirs; do
		theirs=${theirs#"$2/"}
		theirs=${theirs#"$1/"}
		[ "$ours" = "$theirs" ] ||
			{ [ "$ours" != null ] && [ -e "$2/$theirs" ] && [ ! -e "$1/${theirs%.*}.o" ]; } ||
			echo "$address $ours $theirs"
	done
}

# "ADDRESS SIZE" of the functions' padding in the init and exit sections, by readelf
by_readelf() {
	readelf -SW "$1" | sed -n 's/^ *\[ *\([0-9]*\)\] \.\(init\|exit\)\.text .*/\1/p' >"$SCRATCH/sections"
	readelf -sW "$1" | awk '
		NR == FNR { wanted[$1]; next }
		$4 == "FUNC" && $7 in wanted && $8 ~ /^(__pi_)?__pfx_/ { print "0x" $2, $3 }
	' "$SCRATCH/sections" - | sort -u
}

# debuginfo.since-6.9.config asks for CALL_PADDING.
compare_padding() { # KERNEL BUILD
	local count

	by_readelf "$2/vmlinux" >"$SCRATCH/theirs"
	count=$(wc -l <"$SCRATCH/theirs")
	check "$1: $count functions with padding" is "$((count > 500))" 1
	sections --json "$2/vmlinux"
	jq -r "$code"' | select(.padding > 0) | "\(.address) \(.padding)"' <<<"$out" |
		while read -r address padding; do
			printf '0x%x %s\n' $((address - padding)) "$padding"
		done | sort >"$SCRATCH/ours"
	check "$1: each is that of an item" is "$(diff "$SCRATCH/theirs" "$SCRATCH/ours")" ""
	check "$1: none is listed" is "$(jq -r "$code"' | (.name, .aliases[]) | select(test("__pfx_"))' <<<"$out")" ""
}

compare_kernel() { # KERNEL
	local build tree count

	build=$(kernel_build "$1" debuginfo) || give_up "no build of Linux $1"
	tree=$(readlink -f "$build/source")
	sections --json "$build/vmlinux"
	check "$1: answered" is "$status:$err" "0:"
	jq -r "$code"' | "\(.address) \(.owner.source)"' \
		<<<"$out" >"$SCRATCH/ours"
	cut -d' ' -f1 "$SCRATCH/ours" | by_addr2line "$build/vmlinux" >"$SCRATCH/theirs"
	count=$(wc -l <"$SCRATCH/ours")
	check "$1: $count init and exit functions" is "$((count > 500))" 1
	check "$1: addr2line answers for each" is "$(join <(sort "$SCRATCH/ours") <(sort "$SCRATCH/theirs") | wc -l)" "$count"
	check "$1: each is attributed as addr2line does it" is \
		"$(join <(sort "$SCRATCH/ours") <(sort "$SCRATCH/theirs") | disagreements "$build" "$tree")" ""
	check "$1: items and unnamed bytes add up to each section" is \
		"$(jq -r '.files[].sections[] | select(.size != .unnamed + ([.items[].size] | add // 0)).name' <<<"$out")" \
		""
	sections --json --by source "$build/vmlinux"
	check "$1: --by source adds up" is \
		"$(jq '[.sums[] | select(.name != "total").total] | add' <<<"$out")" \
		"$(jq '.sums[] | select(.name == "total").total' <<<"$out")"
}

# The same kernel without its debug information, beside its objects: full paths where the
# objects say so, base names where they do not, and never another one's.
compare_objects() { # KERNEL
	local build count

	build=$(kernel_build "$1" debuginfo) || give_up "no build of Linux $1"
	mkdir "$SCRATCH/$1"
	ln -s "$build"/* "$SCRATCH/$1"
	rm "$SCRATCH/$1/vmlinux"
	objcopy --remove-section='.debug*' "$build/vmlinux" "$SCRATCH/$1/vmlinux"
	sections --json "$build/vmlinux"
	jq -r "$code"' | select(.owner.full_path) | "\(.address) \(.owner.source | sub("[.].$"; ""))"' \
		<<<"$out" | sort >"$SCRATCH/with"
	sections --json "$SCRATCH/$1/vmlinux"
	check "$1 without debug information: answered" is "$status:$err" "0:"
	jq -r "$code"' | select(.owner.full_path) | "\(.address) \(.owner.source | sub("[.].$"; ""))"' \
		<<<"$out" | sort >"$SCRATCH/without"
	count=$(wc -l <"$SCRATCH/without")
	check "$1: $count full paths by the objects of the build tree" is "$((count > 500))" 1
	check "$1: each is the one that debug information has" is \
		"$(join "$SCRATCH/with" "$SCRATCH/without" | awk '$2 != $3')" ""
}

for kernel in ${KERNELS:-$(newest)}; do
	compare_kernel "$kernel"
	! since 6.9 "$kernel" || compare_padding "$kernel" "$(kernel_build "$kernel" debuginfo)"
	compare_objects "$kernel"
done
tap_end
