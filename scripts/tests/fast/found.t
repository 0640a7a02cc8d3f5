#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# found/: the table of what vet says of Linux's modules, and what each patch must say.

. "$(dirname "$0")/../lib.sh"

table=$SCRIPTS/found/table

check "no file" refuses 2 "no FILE given" "$table"
check "no such file" refuses 2 "no results of vet" "$table" /nowhere.json
echo '{}' > "$SCRATCH/other.json"
check "a file of something else" refuses 2 "no results of vet" "$table" "$SCRATCH/other.json"

# cell MODULE EXPERIMENT STATE LEFT-OUT SECONDS
cell() {
	jq -n --arg variant "$1" --arg claim "$2" --arg state "$3" --argjson left_out "$4" --argjson seconds "$5" \
		'{$variant, $claim, $state, $left_out, experiments: [{$state, $seconds}]}'
}
results() { jq -s '{cells: .}' > "$SCRATCH/$1"; }
{ cell foo V1 holds 0 2.4; cell foo V3 fails 1 3.2; cell bar V1 absent 2 0; } | results first.json
{ cell foo V3 holds 0 4.2; } | results second.json
cat > "$SCRATCH/expected" <<'END'
module                V1  V3  cases left-out seconds
bar                   –       0     2        0
foo                   ✓   ✓   2     0        7
END
check "a line for each module, and the later file counts" diff "$SCRATCH/expected" \
	<("$table" "$SCRATCH/first.json" "$SCRATCH/second.json")

for bug in "$SCRIPTS"/found/*.patch; do
	name=$(basename "$bug")
	for field in Module "\(Source\|Built-in\)" Kernels Case; do
		check "$name: it has a line $field" grep -q "^$field: ." "$bug"
	done
	check "$name: README names it" grep -qF "$name" "$SCRIPTS/found/README"
done

tap_end
