#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Needs: build boot boot-x86_64 inspector matrix page
#
# The page of scripts/matrix in a browser, wide and narrow: the table is there, its headings stay
# in view, and a cell's transcript opens beside it.
# The test keeps its screenshots in $HI_CACHE/matrix/page-WIDTH.png.

. "$(dirname "$0")/../lib.sh"

newest=$(newest) || exit 1

page=$SCRATCH/matrix.html

# browse FILE WIDTH,HEIGHT FRAGMENT OPTION...: opens a file in a browser without a screen
browse() {
	local file=$1 size=$2 fragment=$3
	shift 3
	timeout 120 chromium --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking \
		--disable-component-update --user-data-dir="$SCRATCH/profile" --window-size="$size" "$@" \
		"file://$file$fragment" 2> /dev/null
}

# The page with a script that writes into it what a reader sees, for --dump-dom to print: which
# articles are shown, beside the table or below it; whether the headings stay in view when the last
# cell is scrolled to; whether the page is as wide as the window. The browser takes no window
# narrower than 500.
probe() {
	sed 's|</body>||; s|</html>||' "$page"
	cat <<-'END'
	<script>
	addEventListener("load", () => {
	const seen = [...document.querySelectorAll("article")].filter(a => a.offsetHeight), main = document.querySelector("main");
	const box = seen.length && seen[0].getBoundingClientRect(), table = main.getBoundingClientRect();
	document.querySelector("tbody tr:last-child td:last-child").scrollIntoView({ block: "end", inline: "end" });
	const top = document.querySelector("thead tr + tr th").getBoundingClientRect().top - table.top;
	const left = document.querySelector("tbody th").getBoundingClientRect().left - table.left;
	document.body.dataset.seen = "shown:" + seen.map(a => a.id) + (box ? box.left >= table.right ? " beside" : " below" : "") +
		" headings:" + (top >= 0 && top < 60 && left == 0) + " width:" + (document.body.scrollWidth <= innerWidth);
	});
	</script></body></html>
	END
}

# sees TEXT WIDTH,HEIGHT FRAGMENT: succeeds if the probe wrote TEXT in a window of this size
sees() {
	local found
	found=$(browse "$SCRATCH/probe.html" "$2" "$3" --dump-dom | grep -o 'data-seen="[^"]*"')
	[[ $found == "data-seen=\"$1\"" ]] || { echo "$found, not $1"; false; }
}

check "the page is made" exits 0 "$SCRIPTS/matrix" -k "$newest" -v modular -v builtin --html "$page" C1 C2 C3
check "it needs nothing else" not grep -qE '(src|href)=.?(https?:|//|[a-z]+\.(js|css))' "$page"

browse "$page" 1400,900 "#$newest-modular-C2" --dump-dom > "$SCRATCH/open.html"
for cell in modular-C1 modular-C2 modular-C3 builtin-C1 builtin-C3; do
	check "the table has $cell, which holds" grep -qE "<td class=.holds.><a href=.#$newest-$cell.[^>]*>✓" "$SCRATCH/open.html"
done
check "builtin-C2 does not apply" grep -qE "<td class=.absent.><a href=.#$newest-builtin-C2.[^>]*>–" "$SCRATCH/open.html"
check "a claim that was not asked is not there" not grep -qF ">C4<" "$SCRATCH/open.html"
check "the open cell is marked" grep -qE "<a href=.#$newest-modular-C2.[^>]* class=.open." "$SCRATCH/open.html"
check "the transcript is what the kernel said" grep -qE '^\[ +[0-9.]+\] hi: device deregistered$' "$SCRATCH/open.html"

probe > "$SCRATCH/probe.html"
check "at first no transcript is open" sees "shown: headings:true width:true" 1400,450 ""
check "a link opens one, beside the table" sees "shown:$newest-modular-C2 beside headings:true width:true" 1400,450 "#$newest-modular-C2"
check "on a narrow screen below the table" sees "shown:$newest-modular-C2 below headings:true width:true" 500,800 "#$newest-modular-C2"
sed '/<script>/,/<\/script>/d' "$page" > "$SCRATCH/plain.html"
page=$SCRATCH/plain.html probe > "$SCRATCH/probe.html"
check "without the page's script as well" sees "shown:$newest-modular-C2 beside headings:true width:true" 1400,450 "#$newest-modular-C2"

for width in 1400 400; do
	browse "$page" $width,900 "#$newest-modular-C2" --screenshot="$SCRATCH/page.png"
	check "the screenshot is there" test -s "$SCRATCH/page.png"
	mv "$SCRATCH/page.png" "$CACHE/matrix/page-$width.png"
	note "kept: $CACHE/matrix/page-$width.png"
done
tap_end
