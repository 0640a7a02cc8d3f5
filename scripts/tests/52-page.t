#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The page of scripts/matrix in a browser: the table is there, and a cell's transcript opens.
# The screenshot is kept: $HI_CACHE/matrix/page.png

. "$(dirname "$0")/lib.sh"

newest=$(newest) || exit 1

page=$SCRATCH/matrix.html

# browse FRAGMENT OPTION...: the page in a browser without a screen
browse() {
	local fragment=$1
	shift
	timeout 120 chromium --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking \
		--disable-component-update --user-data-dir="$SCRATCH/profile" --window-size=1200,3000 "$@" \
		"file://$page$fragment"
}

check "the page is made" exits 0 "$SCRIPTS/matrix" -k "$newest" -v modular -v builtin --html "$page" C1 C2 C3
check "it needs nothing else" not grep -qE '(src|href)=.?(https?:|//|[a-z]+\.(js|css))' "$page"

browse "" --dump-dom > "$SCRATCH/closed.html" 2> /dev/null
browse "#$newest-modular-C2" --dump-dom > "$SCRATCH/open.html" 2> /dev/null
for cell in modular-C1 modular-C2 modular-C3 builtin-C1 builtin-C3; do
	check "the table has $cell, which holds" grep -qE "<td class=.holds.[^>]*><a href=.#$newest-$cell.>✓" "$SCRATCH/closed.html"
done
check "builtin-C2 does not apply" grep -qE "<td class=.absent.[^>]*><a href=.#$newest-builtin-C2.>–" "$SCRATCH/closed.html"
check "at first all transcripts are closed" not grep -qE '<details[^>]* open' "$SCRATCH/closed.html"
check "a link opens its transcript" grep -qE "<details id=\"$newest-modular-C2\" open" "$SCRATCH/open.html"
check "and no other" test "$(grep -oE '<details[^>]* open' "$SCRATCH/open.html" | wc -l)" = 1
check "the transcript is what the kernel said" grep -qE '^\[ +[0-9.]+\] hi: device deregistered$' "$SCRATCH/open.html"

browse "#$newest-modular-C2" --screenshot="$SCRATCH/page.png" 2> /dev/null
check "the screenshot is there" test -s "$SCRATCH/page.png"
mv "$SCRATCH/page.png" "$CACHE/matrix/page.png"
note "kept: $CACHE/matrix/page.png"
tap_end
