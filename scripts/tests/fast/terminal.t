#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Progress rewrites one line on a terminal, and never makes it wider than the terminal. Where
# there is no terminal, or the terminal knows no escape codes, progress prints none.

. "$(dirname "$0")/../lib.sh"

cat > "$SCRATCH/slow" <<'END'
. "$SCRIPTS/lib.sh"
progress_of() { printf ', %s' "a/path/that/is/longer/than/any/terminal/is/wide/by/much/much/much/more.o"; }
with_progress "doing something slow" /dev/null sleep 2.5
END
export SCRIPTS SCRATCH

# on_terminal COLUMNS TERM: runs slow on a terminal, and keeps its screen in $SCRATCH/screen
on_terminal() {
	TERM=$2 script -qec "stty cols $1; bash '$SCRATCH/slow'" "$SCRATCH/typescript" < /dev/null > "$SCRATCH/screen"
}
escape=$'\033'
widest() { sed 's/'"$escape"'\[K//g' "$1" | tr '\r' '\n' | awk '{ if (length() > most) most = length() } END { print most + 0 }'; }

on_terminal 40 xterm
check "progress appears" grep -q "doing something slow" "$SCRATCH/screen"
check "it fills the terminal, less a column" test "$(widest "$SCRATCH/screen")" = 39
check "it is one line" test "$(wc -l < "$SCRATCH/screen")" = 0
on_terminal 200 xterm
check "a wider terminal shows more" test "$(widest "$SCRATCH/screen")" -gt 100
sed -i 's/sleep 2.5/sleep 5.5/' "$SCRATCH/slow"
on_terminal 40 dumb
check "TERM=dumb: progress appears" grep -q "doing something slow" "$SCRATCH/screen"
check "TERM=dumb: no escape codes" not grep -q "$escape" "$SCRATCH/screen"
bash "$SCRATCH/slow" 2> "$SCRATCH/screen"
check "no terminal: progress appears" grep -q "doing something slow" "$SCRATCH/screen"
check "no terminal: no escape codes" not grep -q "$escape" "$SCRATCH/screen"
tap_end
