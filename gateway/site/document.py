"""The built index.html as a frame: what a page says of itself goes into its head, its first screen
into the app's root, and the data that the app starts with behind it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

import jinja2
import msgspec

from gateway.config import ClientConfig
from gateway.settings import BUILT_IN_NAME
from gateway.site.brand import brand_styles
from gateway.site.build import Build
from gateway.site.first_screen import FILTERS
from gateway.site.icons import BRAND_ICON
from gateway.site.texts import Texts
from shared.languages import DEFAULT

_HTML = re.compile(r'<html lang="en"')
_TITLE = re.compile(r"<title>.*?</title>", re.DOTALL)
_DESCRIPTION = re.compile(r'\s*<meta\s+name="description"[^>]*>')
_ROOT = re.compile(r'<div id="root">\s*</div>')
_ICON = re.compile(r'<link rel="icon"[^>]*>')
_NO_SCRIPT = re.compile(r"\s*<noscript>.*?</noscript>", re.DOTALL)
_NEEDS_SCRIPT = "This page needs JavaScript."
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
    """The web app's index.html. Every page brings the marketplace's settings along, so that the app
    knows its name, colour and prices from the first moment on.
    """

    def __init__(self, build: Build, config: ClientConfig) -> None:
        self._build = build
        self._brand = config.brand
        self._environments = lru_cache(_environment)
        self._settings = f'<script type="application/json" id="config">{in_script(config)}</script>'
        color = brand_styles(config.brand.color)
        self._color = f"<style>{color}</style>" if color else ""
        self._framed = lru_cache(self._frame)

    def page(
        self, head: Head, t: Texts, template: str = "", screen: str | None = None, **values: Any
    ) -> bytes:
        """The page with `head` and the first screen that `template` makes of `values`, in the
        language of `t`; `screen` is the source file of the app that takes over from it.
        """
        made = self._render(t, "head.html", head=head)
        html = self._framed(t, bool(template), screen)
        html = html.replace("</head>", f"{made}{self._color}</head>", 1)
        text = self._render(t, template, head=head, **values) if template else ""
        data = self._render(t, "data.html", head=head)
        root = f'<div id="root">{text}</div>\n{self._settings}\n{data}'
        return _ROOT.sub(lambda _: root, html, count=1).encode()

    def _frame(self, t: Texts, painted: bool, screen: str | None) -> str:
        """index.html without what each page says for itself; `painted` before the app is there."""
        html = self._build.index.replace(_NEEDS_SCRIPT, t(_NEEDS_SCRIPT))
        if painted:  # a page that is readable without JavaScript names what is not
            sources = [screen] if screen is not None else []
            if t.language != DEFAULT:
                sources.append(f"src/locales/{t.language}.json")
            html = _NO_SCRIPT.sub("", self._build.with_styles(*sources))
        if t.language != DEFAULT:
            html = _HTML.sub(f'<html lang="{t.language}" dir="{t.direction}"', html, count=1)
        if self._brand.logo_url is not None:
            icon = f'<link rel="icon" href="{escape(self._brand.logo_url)}">'
            html = _ICON.sub(lambda _: icon, html)
        return _TITLE.sub("", _DESCRIPTION.sub("", html), count=1)

    def _render(self, t: Texts, template: str, **values: Any) -> str:
        environment = self._environments(t)
        return environment.get_template(template).render(brand=self._brand, **values)


def _environment(t: Texts) -> jinja2.Environment:
    """One for each language: macros, which are imported without a context, know globals only."""
    made = templates()
    made.filters |= {"in_script": in_script, **FILTERS}
    made.globals |= {"t": t, "built_in_name": BUILT_IN_NAME, "brand_icon": BRAND_ICON}
    return made
