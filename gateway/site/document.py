"""The built index.html as a frame: what a page says of itself goes into its head, its text into the
app's root, from which the app takes over.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import Any

import jinja2
import msgspec

_TITLE = re.compile(r"<title>.*?</title>", re.DOTALL)
_DESCRIPTION = re.compile(r'\s*<meta\s+name="description"[^>]*>')
_ROOT = re.compile(r'<div id="root">\s*</div>')
# JSON in a script element ends at the first `</`; these are the same characters to JSON.
_IN_SCRIPT = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What a page says of itself. Addresses are absolute. `data` are the API's answers, by address,
    which the app would ask for first; `facts` is JSON-LD.
    """

    title: str
    description: str
    canonical: str
    kind: str = "website"
    image: str | None = None
    facts: list[dict[str, Any]] = []
    data: dict[str, Any] = {}
    indexed: bool = True


def templates() -> jinja2.Environment:
    """The pages' templates; everything that is put into them is escaped."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )


def in_script(value: Any) -> str:
    """`value` as JSON that may stand in a script element."""
    return msgspec.json.encode(value).decode().translate(_IN_SCRIPT)


class Frame:
    """The web app's index.html."""

    def __init__(self, index: bytes) -> None:
        html = _DESCRIPTION.sub("", index.decode())
        self._html = _TITLE.sub("", html, count=1)
        self._environment = templates()
        self._environment.filters["in_script"] = in_script

    def page(self, head: Head, template: str = "", brand: str = "", **values: Any) -> bytes:
        """The page with `head` and the text that `template` makes of `values`."""
        made = self._environment.get_template("head.html").render(head=head, brand=brand)
        html = self._html.replace("</head>", f"{made}</head>", 1)
        if template:
            text = self._environment.get_template(template).render(head=head, brand=brand, **values)
            html = _ROOT.sub(lambda _: f'<div id="root">{text}</div>', html, count=1)
        return html.encode()


def plain(title: str) -> str:
    """`title` as an element, for pages that say nothing else of themselves."""
    return f"<title>{escape(title)}</title>"
