#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Needs: build
#
# scripts/apply and scripts/export killed at random moments, HI_KILLS times each (10):
# the next run succeeds, and nothing else has changed in the tree.

. "$(dirname "$0")/../lib.sh"

kills=${HI_KILLS:-10}
seed
newest=$(newest) || exit 1
"$SCRIPTS/setup" --packages apply -k "$newest" > "$SCRATCH/log" 2>&1 || exit 1
tree=$SCRATCH/tree
out=$SCRATCH/out

# With something of the user's own, that is in no commit.
with_file() { echo "mine" > "$tree/drivers/misc/mine.c"; }

# The state of TREE: without the series, with it, or neither.
state() {
	case $(fingerprint "$tree") in
	"$without")	echo without ;;
	"$with")	echo with ;;
	*)		echo neither ;;
	esac
}

# What a commit is called differs with its time; so it is by what it has that git's
# trees are compared.
fingerprint() {
	(cd "$1" && find . -path ./.git -prune -o -path ./.hi -prune -o -printf '%P %y %m\n' | sort &&
		find . -path ./.git -prune -o -path ./.hi -prune -o -type f -print0 | sort -z | xargs -0 sha256sum &&
		ls -d .hi* 2>/dev/null
		if [[ -d .git ]]; then
			git rev-parse "HEAD^{tree}" && git rev-list --count HEAD && git status --porcelain
			find .git -name '*.lock' -o -name 'rebase-*' -o -name 'hi-apply*'
		fi)
}

# apply_killed WHAT: in and out in turn, killed each time, and then done
apply_killed() {
	local what=$1 i interrupted=0 wanted=with reverse=() took
	without=$(fingerprint "$tree")
	took=$(milliseconds "$SCRIPTS/apply" "$tree")
	with=$(fingerprint "$tree")
	"$SCRIPTS/apply" -R "$tree" > "$SCRATCH/log" 2>&1
	check "$what: in and out" test "$(state)" = without
	note "$what: apply takes $took ms"
	for (( i = 0; interrupted < kills / 2 && i < 2 * kills; i++ )); do
		kill_within "$took" "$SCRIPTS/apply" "${reverse[@]}" "$tree" && (( ++interrupted ))
		# A run that was killed as it was done is done.
		[[ $(state) == "$wanted" ]] || exits 0 "$SCRIPTS/apply" "${reverse[@]}" "$tree" > "$SCRATCH/log" || break
		[[ $(state) == "$wanted" ]] || { echo "the tree is $(state) the series, not $wanted" > "$SCRATCH/log"; break; }
		if [[ $wanted == with ]]; then wanted=without reverse=(-R); else wanted=with reverse=(); fi
	done
	check "$what: killed $interrupted times in $i runs, the next run succeeds and the tree is as it should be" \
		nothing_wrong "$interrupted" $((kills / 2))
}

# nothing_wrong KILLED WANTED
nothing_wrong() { cat "$SCRATCH/log"; (( $1 == $2 )); }

small_tree "$newest" "$tree"
with_file
apply_killed "quilt"
rm -rf "$tree"
git_tree "$newest" "$tree"
with_file
apply_killed "git"

"$SCRIPTS/apply" "$tree" > "$SCRATCH/log" 2>&1
mkdir "$out"
cp -r "$TOP"/{patches,series,drivers-misc-hi,Kconfig.snippet} "$out"
echo "of the user" > "$out/README"
before=$(fingerprint "$tree")
export_killed() {
	local i interrupted=0 took
	took=$(milliseconds "$SCRIPTS/export" --output "$out" "$tree")
	expected=$(fingerprint "$out")
	note "export takes $took ms"
	for (( i = 0; interrupted < kills && i < 4 * kills; i++ )); do
		kill_within "$took" "$SCRIPTS/export" --output "$out" "$tree" && (( ++interrupted ))
		rm -rf "$out/drivers-misc-hi"
		exits 0 "$SCRIPTS/export" --output "$out" "$tree" > "$SCRATCH/log" || break
		{ unchanged "$out" "$expected" && unchanged "$tree" "$before"; } > "$SCRATCH/log" || break
	done
	check "export: killed $interrupted times in $i runs, the next run succeeds and all is as it should be" \
		nothing_wrong "$interrupted" "$kills"
}
export_killed
tap_end
