"""What the gateway knows of the built web app: its index.html, the styles that the first paint
needs, and the files that a screen is made of.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Any

import msgspec

MANIFEST = "/.vite/manifest.json"
_STYLESHEET = re.compile(r'\s*<link rel="stylesheet"[^>]*\bhref="([^"]+)"[^>]*>')
_ENTRY = "index.html"


class Build:
    """`files` are the built files' contents by path, `index` is the page that loads them. A build
    without a manifest has pages that load their styles and screens by themselves.
    """

    def __init__(self, index: str, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._manifest: dict[str, Any] = msgspec.json.decode(files.get(MANIFEST, b"{}"))
        self._entry_styles = [path for path in _STYLESHEET.findall(index) if path in files]
        self.index = index
        """As it was built: its styles are linked."""
        self._bare = _STYLESHEET.sub(lambda link: "" if link[1] in files else link[0], index)

    def with_styles(self, *sources: str) -> str:
        """index.html with the styles of the app and of `sources` ("src/…", a screen or a catalogue)
        in it, so that the first paint waits for no second answer, and with their scripts announced.
        The links stay, switched off: the app then knows that these styles are there.
        """
        chunks: dict[str, dict[str, Any]] = {}
        for source in sources:
            chunks |= self._chunks(source)
        styles = self._entry_styles + [
            "/" + path for chunk in chunks.values() for path in chunk.get("css", ())
        ]
        scripts = [f"/{chunk['file']}" for chunk in chunks.values()]
        head = [
            *(
                f'<link rel="modulepreload" crossorigin href="{escape(path)}">'
                for path in scripts
                if f'"{path}"' not in self.index
            ),
            *(
                f"<style>{self._files[path].decode()}</style>"
                f'<link rel="stylesheet" crossorigin href="{escape(path)}" disabled>'
                for path in dict.fromkeys(styles)
                if path in self._files
            ),
        ]
        return self._bare.replace("</head>", "\n".join(head) + "</head>", 1)

    def _chunks(self, source: str) -> dict[str, dict[str, Any]]:
        """The chunk of a source file and those that it imports, what is imported first."""
        found: dict[str, dict[str, Any]] = {}

        def add(key: str) -> None:
            chunk = self._manifest.get(key)
            if chunk is None or key in found or key == _ENTRY:
                return
            for imported in chunk.get("imports", ()):
                add(imported)
            found[key] = chunk

        add(source)
        return found
