#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Needs: inspector map page
#
# The page of sections --html, in a browser: its sums are those of --by directory at each level,
# and the search finds every function. MAP_VMLINUX in the environment takes that vmlinux, and says
# how long it loads; MAP_KEEP a directory for the page and screenshots.

# shellcheck source=/dev/null disable=SC2154,SC2016
. "$(dirname "$0")/../inspector-lib.sh"

mkdir -p "$SCRATCH/drivers/net"
printf '#define __section(s) __attribute__((section(s)))\nint small(void) { return 2; }\nint __section(".init.text") begin(void) { return 1; }\n' >"$SCRATCH/drivers/net/x.c"
{
	echo 'int odd(void) { return 2; }'
	printf 'int small_%d(int a) { return a / 7 + a / 3; }\n' {1..150}	# larger than small() is
} >"$SCRATCH/drivers/odd.c"
CFLAGS=-g make_vmlinux "$SCRATCH/vmlinux.plain" drivers/net/x drivers/odd
objcopy --redefine-sym 'odd=a</script><b>&b' "$SCRATCH/vmlinux.plain" "$SCRATCH/vmlinux"
printf 'int small(void) { return 2; }\nint more(int a) { return a * 3; }\n' >"$SCRATCH/drivers/net/x.c"
CFLAGS=-g make_vmlinux "$SCRATCH/vmlinux.new" drivers/net/x drivers/odd
vmlinux=${MAP_VMLINUX:-$SCRATCH/vmlinux}
keep=${MAP_KEEP:-$SCRATCH}

browse() { # PAGE WIDTH,HEIGHT OPTION...
	timeout 3600 chromium --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking \
		--disable-component-update --user-data-dir="$SCRATCH/profile" --window-size="$2" "${@:3}" "file://$1" 2>/dev/null
}

# The page with a script that writes into it what a reader sees: sums of all directories; how many
# functions the search does not find; whether the page is as wide as the window; what keys do
probe() { # PAGE
	sed 's|</body></html>||' "$1"
	cat <<-'END'
	<script>
	addEventListener("load", () => {
	const sums = {}, search = document.getElementById("search"), seen = document.body.dataset;
	const directories = node => { for (const child of node.children) if (!isLeaf(child)) {
		directories(child);
		if (child.children.some(grandchild => !isLeaf(grandchild)) || pathOf(child) === "(no symbol)" || pathOf(child) === "?")
			sums[pathOf(child)] = child.after; } };
	directories(root);
	const files = root.children.filter(child => child.children.some(isLeaf) && !(child.name in sums));
	if (files.length) sums[""] = files.reduce((sum, file) => sum + file.after, 0);	// in no directory
	sums.total = root.after;
	seen.sums = JSON.stringify(sums);
	let missed = 0;
	const names = innerWidth > 1000 ? new Set(leaves.map(leaf => leaf.name)) : [];	// the narrow page has the same search
	for (const name of names) {
		search.value = name;
		search.dispatchEvent(new Event("input"));
		missed += ![...document.querySelectorAll("#list span")].some(span => span.firstChild.data === name);
	}
	seen.searched = names.size + " names of " + leaves.length + ", missed " + missed;
	search.value = "";
	search.dispatchEvent(new Event("input"));
	seen.wide = document.body.scrollWidth <= innerWidth;
	const key = (target, name) => target.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));
	document.querySelector("#map button").focus();
	document.activeElement.click();
	const inside = pathOf(open);
	key(document.activeElement, "ArrowRight");
	const moved = document.activeElement.parentNode.id;
	key(document.activeElement, "Escape");
	key(document.body, "/");
	seen.keys = [inside !== "", moved, pathOf(open) === "", document.activeElement.id].join(" ");
	});
	</script></body></html>
	END
}

# seen NAME: what the probe wrote
seen() { grep -o "data-$1=\"[^\"]*\"" "$SCRATCH/dom" | sed 's/^[^"]*"//; s/"$//; s/&quot;/"/g'; }

page=$keep/map.html
sections --html "$page" "$vmlinux"
check "the page is made" is "$status:$out" 0:
check "it needs nothing else" is "$(grep -coE '(src|href)=.?(https?:|//|[a-z]+\.(js|css))' "$page")" 0
probe "$page" >"$SCRATCH/probe.html"
browse "$SCRATCH/probe.html" 1400,900 --dump-dom >"$SCRATCH/dom"
echo "# loaded in $(seen milliseconds) ms, its script in $(seen script) ms; searched $(seen searched)"
check "the script ran" like "$(seen milliseconds)" '^[0-9]+$'
check "the search finds every function" like "$(seen searched)" '^[1-9][0-9]* names of [0-9]+, missed 0$'
check "Enter opens a box, an arrow moves, Escape goes up, / searches" is "$(seen keys)" "true map true search"
check "it is as wide as the window" is "$(seen wide)" true
seen sums >"$SCRATCH/sums"
sections --json --by directory --section '*' "$vmlinux"
cp "$SCRATCH/out" "$SCRATCH/by"
check "each directory has the sum of --by directory, with those below it" is "$(python3 -c '
import json, sys
seen, rows = json.load(open(sys.argv[1])), {row["name"]: row["total"] for row in json.load(open(sys.argv[2]))["sums"]}
for name, total in rows.items():
    want = total if name == "total" else sum(n for other, n in rows.items() if other == name or other.startswith(name + "/"))
    if seen.get(name) != want:
        print(name, seen.get(name), want)
print(len(rows) > 4)' "$SCRATCH/sums" "$SCRATCH/by")" True
browse "$SCRATCH/probe.html" 500,900 --dump-dom >"$SCRATCH/dom"
check "narrow: as wide as the window, too" is "$(seen wide)" true
browse "$page" 1400,900 --screenshot="$keep/map-wide.png"
browse "$page" 500,900 --screenshot="$keep/map-narrow.png"
browse "$page" 1400,900 --blink-settings=preferredColorScheme=0 --screenshot="$keep/map-dark.png"

### Two files

sections --html "$SCRATCH/two.html" "$SCRATCH/vmlinux" "$SCRATCH/vmlinux.new"
check "a page of two files" is "$status:$out" 0:
sections --json --compare --section '*' "$SCRATCH/vmlinux" "$SCRATCH/vmlinux.new"
growth=$(query .growth)
{
	sed 's|</body></html>||' "$SCRATCH/two.html"
	echo '<script>addEventListener("load", () => { const choice = document.getElementById("size"); choice.value = "change";
	choice.dispatchEvent(new Event("change")); document.body.dataset.growth = root.after - root.before;
	document.body.dataset.list = [...document.querySelectorAll("#list li")].map(li => li.querySelector("b").textContent +
	" " + li.querySelector("span").firstChild.data).join(", "); });</script></body></html>'
} >"$SCRATCH/probe.html"
browse "$SCRATCH/probe.html" 1400,900 --dump-dom >"$SCRATCH/dom"
check "it has the growth of --compare" is "$(seen growth)" "$growth"
check "what grew and shrank is listed" like "$(seen list)" '\+[0-9]+ more'
check "and what went" like "$(seen list)" '−6 begin'

### Options that cannot be combined

refused "cannot be combined with --json" --json --html "$SCRATCH/x.html" "$vmlinux"
refused "cannot be combined with --by" --by module --html="$SCRATCH/x.html" "$vmlinux"
refused "takes one file, or two" --html "$SCRATCH/x.html"
refused "takes one file, or two" --html "$SCRATCH/x.html" a b c
refused "needs a value" --html
refused "--html can be given once only" --html a --html b "$vmlinux"
refused "No such file" --html "$SCRATCH/x.html" "$SCRATCH/absent"
refused "no section matches" --html "$SCRATCH/x.html" --section .nope "$SCRATCH/vmlinux"
check "no page is left by any of them" test ! -e "$SCRATCH/x.html"
sections --html "$SCRATCH/none/x.html" "$SCRATCH/vmlinux"
check "a page that cannot be written: exit code 3" like "$status:$err" "^3:.*cannot write"

tap_end
