"""Terms, privacy, imprint, contact: the operator's own texts as pages of their own, which need no
JavaScript.
"""

from __future__ import annotations

from pathlib import Path

from markdown_it import MarkdownIt

from gateway.site.document import templates

NAMES = ("terms", "privacy", "imprint", "contact")
_HEADING = "# "


class LegalPages:
    """`folder`/{name}.md, read once at the start. A text that is not there has no page."""

    def __init__(self, folder: Path, brand: str, color: str) -> None:
        # HTML within the texts is shown as text: no script gets into a page by way of them.
        self._markdown = MarkdownIt("commonmark", {"html": False})
        self._template = templates().get_template("legal.html")
        texts = {name: folder / f"{name}.md" for name in NAMES}
        found = {name: path.read_text("utf-8") for name, path in texts.items() if path.is_file()}
        titles = {name: _title(name, text) for name, text in found.items()}
        self._pages = {
            f"/{name}": self._template.render(
                title=titles[name],
                titles=titles,
                here=name,
                body=self._markdown.render(text),
                brand=brand,
                color=color,
            ).encode()
            for name, text in found.items()
        }

    def at(self, path: str) -> bytes | None:
        """The page at this path; None where there is none."""
        return self._pages.get(path.rstrip("/"))


def _title(name: str, text: str) -> str:
    headings = (line for line in text.splitlines() if line.startswith(_HEADING))
    return next(headings, name.capitalize()).removeprefix(_HEADING).strip()
