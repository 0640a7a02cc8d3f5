# SPDX-License-Identifier: GPL-2.0
"""What all pages share: colours for light and dark, and the document around a body. A page is one
file that needs no network."""

from __future__ import annotations

import html

STYLE = """
:root { color-scheme: light dark; --text: #1c2024; --dim: #60646c; --line: #d9dde2; --back: #fff; --raised: #f4f6f8;
	--good: #18794e; --bad: #c62a2f; --bad-back: #ffecec; --link: #0b68cb }
@media (prefers-color-scheme: dark) { :root { --text: #e6e8eb; --dim: #9ba1a6; --line: #363b40; --back: #15181a;
	--raised: #1f2326; --good: #4cc38a; --bad: #ff8589; --bad-back: #3c1a1c; --link: #70b8ff } }
* { box-sizing: border-box }
html, body { height: 100%; margin: 0 }
body { display: flex; flex-direction: column; font: 15px/1.45 system-ui, sans-serif; color: var(--text); background: var(--back) }
a { color: var(--link) }
"""

quote = html.escape


def document(title: str, style: str, body: str, script: str) -> str:
    """body is HTML; a script must not contain "</script"."""
    return ("<!DOCTYPE html>\n<html lang='en'><head><meta charset='utf-8'>"
            "<meta name='viewport' content='width=device-width, initial-scale=1'>"
            f"<title>{quote(title)}</title><style>{STYLE}{style}</style></head>\n<body>"
            f"{body}<script>{script}</script></body></html>\n")
