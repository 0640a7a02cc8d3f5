#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Needs: fates inspector
#
# Runs the calls of the table bad-calls, which cannot work, and checks exit codes and messages.

. "$(dirname "$0")/../lib.sh"

VERBS="apply bench boot build check demo export fates matrix new sections setup test vet why"
newest=$(newest) && "$SCRIPTS/setup" -k "$newest" && "$SCRIPTS/sections" --help > /dev/null || exit 1
# new asks git for a name before it looks at the directory.
export GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0=user.name GIT_CONFIG_VALUE_0=User GIT_CONFIG_KEY_1=user.email GIT_CONFIG_VALUE_1=user@example.org
export T=$SCRATCH/t TREE=$SCRATCH/tree BARE=$SCRATCH/bare
mkdir -p "$T/empty" "$TREE" "$SCRATCH/verbs"
echo text > "$T/file"
(cd "$CACHE/sources/$newest" && cp --parents Makefile Kconfig drivers/misc/{Kconfig,Makefile} "$TREE")
cp -r "$TREE" "$BARE"
(cd "$CACHE/sources/$newest" && cp --parents -r arch/m68k/kernel "$TREE")
for verb in $VERBS; do
	ln -s "$SCRIPTS/$verb" "$SCRATCH/verbs/$verb"
done

# call CODE MESSAGE COMMAND: the command exits with CODE, says MESSAGE, and nothing on its output
call() {
	local status=0 message
	message=$(eval "echo \"$2\"")
	(cd "$SCRATCH" && PATH=$SCRATCH/verbs:$PATH timeout 30 bash -c "enable -n export test; $3") > "$SCRATCH/output" 2> "$SCRATCH/errors" < /dev/null || status=$?
	[[ $status == "$1" ]] || { echo "exit code $status, not $1"; cat "$SCRATCH/errors"; return 1; }
	grep -qF -- "$message" "$SCRATCH/errors" || { echo "no '$message' in:"; cat "$SCRATCH/errors"; return 1; }
	[[ ! -s $SCRATCH/output ]] || { echo "on its output:"; cat "$SCRATCH/output"; return 1; }
}

rows=0
while IFS='|' read -r code message command; do
	[[ $code == [0-9] ]] || continue
	for verb in $VERBS; do
		check "${command/VERBS/$verb}: exit $code" call "$code" "$message" "${command/VERBS/$verb}"
		rows=$((rows + 1))
		[[ $command == *VERBS* ]] || break
	done
done < "$(dirname "$0")/bad-calls"
check "there are 150 calls or more" test "$rows" -ge 150
check "nothing was written" diff <(printf '%s\n' empty file) <(ls "$T")
tap_end
