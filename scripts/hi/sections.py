# SPDX-License-Identifier: GPL-2.0
"""Draws what lies in a kernel image or module as a map: a page that works without a network.

Usage: sections --html PAGE [--section NAME]... [--owner PATH] [--driver NAME] FILE [FILE]

Writes PAGE: a map of FILE by directory, source file and function, sized in bytes and coloured by
lifetime, with a search and a list of the largest. Of two files the map also shows what grew and
shrank from the first to the second. All sections count, unless --section names some. The other
options of sections answer other questions: see 'sections --help'.

Exit codes: 0 good; 2 wrong usage or input; 3 something is missing on this machine, or PAGE cannot
be written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from hi import base
from hi.base import CACHE, SCRIPTS, Exit, Stop, usage_error
from hi.document import document, quote

FILTERS = {"-s": "--section", "-o": "--owner", "-d": "--driver"}
# Those of the inspector's other questions.
OTHERS = ("-b", "--by", "-c", "--compare", "-g", "--max-growth", "--baseline", "--format", "--rows", "-a", "--audit",
          "-k", "--kernel", "-r", "--running", "--root", "--svg", "-j", "--json")
LIBRARY = CACHE / "npm" / "d3-hierarchy-3.1.2"
UNNAMED = "(no symbol)"     # as --by calls these bytes


@dataclass
class Node:
    """A directory, or a source file. An item is found by its name and lifetime; its sizes are
    those in each of the files."""
    children: dict[str, Node] = field(default_factory=dict)
    items: dict[tuple[str, str], list[int]] = field(default_factory=dict)

    def at(self, path: str) -> Node:
        node = self
        for name in path.split("/"):
            node = node.children.setdefault(name, Node())
        return node

    def add(self, name: str, lifetime: str, size: int, file: int, files: int) -> None:
        self.items.setdefault((name, lifetime), [0] * files)[file] += size


def without_counters(name: str) -> str:
    """The compiler numbers these names anew in each build: compare_names() in report/compare.c."""
    if name.startswith(("__UNIQUE_ID_", "__initcall__kmod_")):
        return re.sub(r"\d+", "", name)
    return re.sub(r"\.\d+", "", name)


def place(owner: dict[str, Any]) -> str:
    """The path of a source file. As for --by directory, a base name is in no directory."""
    source = str(owner["source"]) if owner["source"] else "(source file not known)"
    return source if owner["source"] and owner["full_path"] else f"?/{source}"


def items_of(image: dict[str, Any], filtered: bool) -> Iterator[tuple[str, str, str, int]]:
    """Path, name, lifetime and bytes of each item, and of what no symbol names."""
    for section in image["sections"]:
        for item in section["items"]:
            yield place(item["owner"]), item["name"], section["lifetime"], item["size"]
        if section["unnamed"] and not filtered:
            yield UNNAMED, section["name"], section["lifetime"], section["unnamed"]


def better_places(images: Sequence[dict[str, Any]], filtered: bool) -> dict[tuple[str, str], str]:
    """Where to put an item whose source file only one of two files knows, by path and name. As
    match() in report/compare.c does, where each file has one item of that name."""
    paths: dict[str, list[set[str]]] = {}
    for number, image in enumerate(images):
        for path, name, _, _ in items_of(image, filtered):
            paths.setdefault(without_counters(name), [set() for _ in images])[number].add(path)
    better = {}
    for name, sides in paths.items():
        both = sorted(set().union(*sides), key=lambda path: path.startswith("?/"))
        if all(len(side) == 1 for side in sides) and len(both) == 2 and both[1].startswith("?/"):
            better[both[1], name] = both[0]
    return better


def tree_of(images: Sequence[dict[str, Any]], filtered: bool) -> Node:
    """Of one file names stay as they are; of two their counters would make every item new."""
    root = Node()
    better = better_places(images, filtered) if len(images) == 2 else {}
    for number, image in enumerate(images):
        for path, name, lifetime, size in items_of(image, filtered):
            name = name if len(images) == 1 else without_counters(name)
            root.at(better.get((path, name), path)).add(name, lifetime, size, number, len(images))
    return root


def as_data(name: str, node: Node, lifetimes: Sequence[str]) -> dict[str, Any]:
    """n: name; c: children; i: for each item its name, the number of its lifetime, and its sizes,
    one list without structure, which a browser reads in a fraction of the time."""
    data: dict[str, Any] = {"n": name}
    if node.children:
        data["c"] = [as_data(child, node.children[child], lifetimes) for child in node.children]
    if node.items:
        data["i"] = [part for (item, lifetime), sizes in node.items.items()
                     for part in (item, lifetimes.index(lifetime), *sizes)]
    return data


def title_of(images: Sequence[dict[str, Any]]) -> str:
    names = [Path(image["file"]).name + (f", Linux {image['release']}" if image["release"] else "") for image in images]
    return " → ".join(names)


def render(images: Sequence[dict[str, Any]], filtered: bool) -> str:
    root = tree_of(images, filtered)
    lifetimes = sorted({section["lifetime"] for image in images for section in image["sections"]})
    data = json.dumps({"files": len(images), "lifetimes": lifetimes, "tree": as_data("", root, lifetimes)},
                      ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    title = title_of(images)
    compare = ("<label>Size <select id='size'><option value='bytes'>bytes after</option><option value='change'>change</option>"
               "</select></label>" if len(images) == 2 else "")
    body = (f"<header><h1>{quote(title)}</h1><nav id='path' aria-label='Path'></nav></header>\n"
            "<form id='tools' role='search'><input id='search' type='search' placeholder='Search (/)' "
            f"aria-label='Search functions and files'>{compare}<span id='legend'></span></form>\n"
            "<div id='views'><main id='map' aria-label='Map: Enter opens, Escape goes up, arrows move'></main>"
            "<aside><p id='about' aria-live='polite'></p><h2 id='heading'></h2><ol id='list'></ol></aside></div>\n"
            f"<script type='application/json' id='data'>{data}</script>\n"
            f"<!-- d3-hierarchy\n{quote(base.read(LIBRARY / 'LICENSE'))}-->\n"
            f"<script>{base.read(LIBRARY / 'd3-hierarchy.min.js')}</script>\n")
    return document(title, base.read(SCRIPTS / "hi" / "map.css"), body, base.read(SCRIPTS / "hi" / "map.js"))


def inspect(file: str, filters: Sequence[str]) -> dict[str, Any]:
    done = base.run([SCRIPTS / "sections", "--json", *(filters if "--section" in filters else ["--section", "*", *filters]),
                     "--", file], stderr=None)
    if done.status:
        raise Stop(done.status)
    images: list[dict[str, Any]] = json.loads(done.output)["files"]
    if len(images) != 1:
        raise usage_error(f"--html takes a file, not the directory {file}")
    return images[0]


def main(arguments: Sequence[str]) -> int:
    page, filters, files = "", [], []
    words = [part for word in arguments for part in (word.split("=", 1) if re.match("--[a-z]+=", word) else [word])]
    for option, word in base.options(__doc__, words, values=["--html", *FILTERS, *FILTERS.values()], flags=OTHERS):
        if option in OTHERS:
            raise usage_error(f"--html cannot be combined with {option}")
        elif option == "--html":
            if page:
                raise usage_error("--html can be given once only")
            page = word
        elif option:
            filters += [FILTERS.get(option, option), word]
        else:
            files.append(word)
    if not 1 <= len(files) <= 2:
        raise usage_error("--html takes one file, or two to compare")
    base.need_writable(Path(page))
    base.need("map")
    images = base.in_parallel("reading", [partial(inspect, file, filters) for file in files], base.processors())
    filtered = "--owner" in filters or "--driver" in filters
    base.write(Path(page), render(images, filtered))
    return Exit.GOOD
