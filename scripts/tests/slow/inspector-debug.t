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
	readelf -SW "$1" | sed -n 's/^ *\[ *\([0-9]*\)\] \.\(init\|exit\)\.text .*/\1/p' >"$tmp/sections"
	readelf -sW "$1" | awk '
		NR == FNR { wanted[$1]; next }
		$4 == "FUNC" && $7 in wanted && $8 ~ /^(__pi_)?__pfx_/ { print "0x" $2, $3 }
	' "$tmp/sections" - | sort -u
}

# debuginfo.since-6.9.config asks for CALL_PADDING.
compare_padding() { # KERNEL BUILD
	local count

	by_readelf "$2/vmlinux" >"$tmp/theirs"
	count=$(wc -l <"$tmp/theirs")
	is "$((count > 500))" 1 "$1: $count functions with padding"
	sections --json "$2/vmlinux"
	jq -r "$code"' | select(.padding > 0) | "\(.address) \(.padding)"' <<<"$out" |
		while read -r address padding; do
			printf '0x%x %s\n' $((address - padding)) "$padding"
		done | sort >"$tmp/ours"
	is "$(diff "$tmp/theirs" "$tmp/ours")" "" "$1: each is that of an item"
	is "$(jq -r "$code"' | (.name, .aliases[]) | select(test("__pfx_"))' <<<"$out")" "" "$1: none is listed"
}

compare_kernel() { # KERNEL
	local build tree count

	build=$(kernel_build "$1" debuginfo) || give_up "no build of Linux $1"
	tree=$(readlink -f "$build/source")
	sections --json "$build/vmlinux"
	is "$status:$err" "0:" "$1: answered"
	jq -r "$code"' | "\(.address) \(.owner.source)"' \
		<<<"$out" >"$tmp/ours"
	cut -d' ' -f1 "$tmp/ours" | by_addr2line "$build/vmlinux" >"$tmp/theirs"
	count=$(wc -l <"$tmp/ours")
	is "$((count > 500))" 1 "$1: $count init and exit functions"
	is "$(join <(sort "$tmp/ours") <(sort "$tmp/theirs") | wc -l)" "$count" "$1: addr2line answers for each"
	is "$(join <(sort "$tmp/ours") <(sort "$tmp/theirs") | disagreements "$build" "$tree")" "" \
		"$1: each is attributed as addr2line does it"
	is "$(jq -r '.files[].sections[] | select(.size != .unnamed + ([.items[].size] | add // 0)).name' <<<"$out")" "" \
		"$1: items and unnamed bytes add up to each section"
	sections --json --by source "$build/vmlinux"
	is "$(jq '[.sums[] | select(.name != "total").total] | add' <<<"$out")" \
		"$(jq '.sums[] | select(.name == "total").total' <<<"$out")" "$1: --by source adds up"
}

# The same kernel without its debug information, beside its objects: full paths where the
# objects say so, base names where they do not, and never another one's.
compare_objects() { # KERNEL
	local build count

	build=$(kernel_build "$1" debuginfo) || give_up "no build of Linux $1"
	mkdir "$tmp/$1"
	ln -s "$build"/* "$tmp/$1"
	rm "$tmp/$1/vmlinux"
	objcopy --remove-section='.debug*' "$build/vmlinux" "$tmp/$1/vmlinux"
	sections --json "$build/vmlinux"
	jq -r "$code"' | select(.owner.full_path) | "\(.address) \(.owner.source | sub("[.].$"; ""))"' \
		<<<"$out" | sort >"$tmp/with"
	sections --json "$tmp/$1/vmlinux"
	is "$status:$err" "0:" "$1 without debug information: answered"
	jq -r "$code"' | select(.owner.full_path) | "\(.address) \(.owner.source | sub("[.].$"; ""))"' \
		<<<"$out" | sort >"$tmp/without"
	count=$(wc -l <"$tmp/without")
	is "$((count > 500))" 1 "$1: $count full paths by the objects of the build tree"
	is "$(join "$tmp/with" "$tmp/without" | awk '$2 != $3')" "" "$1: each is the one that debug information has"
}

for kernel in ${KERNELS:-newest}; do
	kernel=$(kernel_number "$kernel")
	compare_kernel "$kernel"
	! since 6.9 "$kernel" || compare_padding "$kernel" "$(kernel_build "$kernel" debuginfo)"
	compare_objects "$kernel"
done
done_testing
