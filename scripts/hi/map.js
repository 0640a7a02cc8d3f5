// SPDX-License-Identifier: GPL-2.0
// The map of hi/sections.py. d3-hierarchy lays the boxes out; the nodes of the tree are made from the page's data.
"use strict";
const START = performance.now();
const data = JSON.parse(document.getElementById("data").textContent);
const two = data.files === 2, stride = 2 + data.files;
const LEVELS = 3;		// that are drawn below the node that is open
const LEAST = 40;		// square pixels: smaller boxes are drawn as one
const LISTED = 100;
const SMALL = "smaller ones";
const byId = id => document.getElementById(id);
const number = new Intl.NumberFormat("en").format;
const signed = bytes => (bytes > 0 ? "+" : bytes < 0 ? "−" : "±") + number(Math.abs(bytes));

// A node has its bytes, before and after. moved adds up its items' changes without their signs. The search
// compares key.
const leaves = [];
function grow(from, parent) {
	const node = { name: from.n, key: from.n.toLowerCase(), parent, children: [], before: 0, after: 0, moved: 0, lives: data.lifetimes.map(() => 0) };
	for (const child of from.c || []) node.children.push(grow(child, node));
	for (let i = 0, items = from.i || []; i < items.length; i += stride) {
		const before = items[i + 2], after = items[i + 1 + data.files];
		const leaf = { name: items[i], key: items[i].toLowerCase(), parent: node, before, after, moved: Math.abs(after - before), life: items[i + 1] };
		node.children.push(leaf);
		leaves.push(leaf);
	}
	for (const child of node.children) {
		node.before += child.before;
		node.after += child.after;
		node.moved += child.moved;
		if (child.lives) child.lives.forEach((bytes, life) => { node.lives[life] += bytes; });
		else node.lives[child.life] += child.after;
	}
	return node;
}
const root = grow(data.tree, null);
let open = root, mode = "bytes", found = null;
const size = node => mode === "change" ? node.moved : node.after;
const isLeaf = node => !node.children;
const pathOf = node => node.parent && node.parent.parent ? pathOf(node.parent) + "/" + node.name : node.name;
const slug = life => data.lifetimes[life].replace(/ /g, "-");

function colour(node) {
	if (mode === "change") return node.after > node.before ? "grew" : node.after < node.before ? "shrank" : "unknown";
	return isLeaf(node) ? slug(node.life) : "";
}

function words(node) {
	const bytes = two ? `${number(node.before)} → ${number(node.after)} bytes (${signed(node.after - node.before)})`
		: `${number(node.after)} bytes`;
	return `${bytes}${isLeaf(node) ? ", " + data.lifetimes[node.life] : ""}`;
}

// What is drawn of a node: LEVELS deep, and what is too small to be seen as one box.
function shown(node, level, scale) {
	const view = { node, size: size(node), children: [] };
	if (isLeaf(node) || level === LEVELS) return view;
	const small = { node: null, owner: node, size: 0, count: 0, children: [] };
	for (const child of node.children) {
		if (size(child) * scale >= LEAST) view.children.push(shown(child, level + 1, scale));
		else {
			small.size += size(child);
			small.count++;
		}
	}
	if (small.size && view.children.length) view.children.push(small);
	return view;
}

function box(place) {
	const { node, count } = place.data, width = place.x1 - place.x0, height = place.y1 - place.y0;
	const button = document.createElement("button");
	button.type = "button";
	button.tabIndex = -1;
	button.style.cssText = `left:${place.x0}px;top:${place.y0}px;width:${width}px;height:${height}px`;
	const label = node ? node.name + (isLeaf(node) ? "" : node.children.some(isLeaf) ? "" : "/") : `${number(count)} ${SMALL}`;
	button.className = place.children ? "group" : node ? colour(node) || "group" : "unknown";
	if (node && !isLeaf(node) && !place.children && mode === "bytes")
		button.className = slug(node.lives.indexOf(Math.max(...node.lives)));
	if (node && node === found) button.classList.add("found");
	button.title = node ? `${pathOf(node)}: ${words(node)}` : `${label}: ${number(place.data.size)} bytes`;
	button.setAttribute("aria-label", button.title);
	if (width > 24 && height > 14) button.appendChild(document.createElement("span")).textContent = label;
	button.node = node || place.data.owner;
	button.onclick = () => enter(button.node, true);
	button.onfocus = button.onmouseenter = () => about(button.node);
	return button;
}

function draw() {
	const map = byId("map"), width = map.clientWidth, height = map.clientHeight;
	const view = shown(open, 0, width * height / (size(open) || 1));
	const top = d3.hierarchy(view).sum(v => v.children.length ? 0 : v.size).sort((a, b) => b.value - a.value);
	d3.treemap().size([width, height]).paddingTop(place => place.depth ? 17 : 0).paddingInner(1).round(true)(top);
	const boxes = top.descendants().filter(place => place.depth && place.x1 > place.x0 && place.y1 > place.y0).map(box);
	map.replaceChildren(...(boxes.length ? boxes : [size(open) ? "This is one function." : "Nothing changed here."]));
	if (boxes.length) boxes[0].tabIndex = 0;
}

function line(node, bytes) {
	const item = document.createElement("li"), button = item.appendChild(document.createElement("button"));
	button.type = "button";
	button.appendChild(document.createElement("b")).textContent = bytes;
	const text = button.appendChild(document.createElement("span"));
	text.textContent = node.name;
	text.appendChild(document.createElement("small")).textContent = pathOf(node.parent);
	button.onclick = () => enter(node, true);
	button.onmouseenter = button.onfocus = () => about(node);
	return item;
}

function isBelow(node, above) {
	while (node && node !== above) node = node.parent;
	return node === above;
}

// Lists the largest functions below the open node, or all in the map that match the search: first those with this very name.
function list() {
	const word = byId("search").value.trim().toLowerCase();
	const hits = leaves.filter(leaf => word ? leaf.key.includes(word) || leaf.parent.key.includes(word) :
		isBelow(leaf, open) && size(leaf));
	hits.sort((a, b) => (b.key === word) - (a.key === word) || size(b) - size(a));
	byId("heading").textContent = word ? `${number(hits.length)} found` :
		mode === "change" ? "The largest changes" : "The largest";
	byId("list").replaceChildren(...hits.slice(0, LISTED).map(leaf =>
		line(leaf, mode === "change" ? signed(leaf.after - leaf.before) : number(leaf.after))));
}

function about(node) {
	byId("about").textContent = `${pathOf(node) || "everything"}: ${words(node)}`;
}

function path() {
	const steps = [];
	for (let node = open; node; node = node.parent) steps.unshift(node);
	byId("path").replaceChildren(...steps.flatMap((node, i) => {
		const button = document.createElement("button");
		button.type = "button";
		button.textContent = node.name || "all";
		if (node === open) button.setAttribute("aria-current", "location");
		button.onclick = () => enter(node, true);
		return i ? ["/", button] : [button];
	}));
}

function legend() {
	const entry = (name, text) => {
		const span = document.createElement("span");
		span.appendChild(document.createElement("i")).className = name;
		span.append(text);
		return span;
	};
	byId("legend").replaceChildren(...mode === "change" ? [entry("grew", "grew"), entry("shrank", "shrank")] :
		data.lifetimes.map((life, i) => entry(slug(i), `${life} ${number(open.lives[i])}`)));
}

function show() {
	path();
	legend();
	draw();
	list();
	about(found || open);
}

// The address names the open node, so that going back works. A function opens its source file.
function enter(node, focus) {
	found = isLeaf(node) ? node : null;
	open = isLeaf(node) ? node.parent : node;
	const hash = "#" + encodeURIComponent(pathOf(open));
	if (location.hash !== hash) history.pushState(null, "", hash);
	show();
	if (focus) (byId("map").querySelector(".found") || byId("map").querySelector("button") || byId("search")).focus();
}

function fromAddress() {
	let node = root;
	const names = decodeURIComponent(location.hash.slice(1));
	for (const name of names ? names.split("/") : [])
		node = node && node.children.find(child => child.name === name && !isLeaf(child));
	open = node || root;
	found = null;
	show();
}

// The nearest box in the direction of an arrow.
function step(from, key) {
	const middle = b => ({ x: b.offsetLeft + b.offsetWidth / 2, y: b.offsetTop + Math.min(b.offsetHeight / 2, 8) });
	const here = middle(from), along = key === "ArrowLeft" || key === "ArrowRight" ? "x" : "y";
	const sign = key === "ArrowLeft" || key === "ArrowUp" ? -1 : 1, across = along === "x" ? "y" : "x";
	let best = null, least = Infinity;
	for (const other of byId("map").querySelectorAll("button")) {
		const there = middle(other), ahead = (there[along] - here[along]) * sign;
		const distance = ahead + 3 * Math.abs(there[across] - here[across]);
		if (ahead > 0 && distance < least) [best, least] = [other, distance];
	}
	if (best) best.focus();
}

addEventListener("keydown", event => {
	const typing = event.target === byId("search");
	if (event.key === "/" && !typing) byId("search").focus();
	else if (event.key === "Escape" && typing && byId("search").value) {
		byId("search").value = "";
		list();
	} else if (event.key === "Escape" && open.parent) enter(open.parent, true);
	else if (event.key.startsWith("Arrow") && byId("map").contains(event.target)) step(event.target, event.key);
	else return;
	event.preventDefault();
});
byId("tools").onsubmit = event => {
	event.preventDefault();
	const first = byId("list").querySelector("button");
	if (first) first.click();
};
byId("search").oninput = list;
if (two) byId("size").onchange = event => {
	mode = event.target.value;
	show();
};
addEventListener("popstate", fromAddress);
addEventListener("resize", draw);
fromAddress();
document.body.dataset.milliseconds = Math.round(performance.now());
document.body.dataset.script = Math.round(performance.now() - START);
