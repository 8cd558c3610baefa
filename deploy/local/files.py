"""Small JSON files that a stack keeps in its data folder, for its owner's eyes alone."""

import json
import os
import pathlib
from typing import Any


def write(path: pathlib.Path, content: object) -> None:
    """Replace the file as a whole: nobody sees half of it, and nobody but the owner sees it at all
    (0600).
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    unfinished.write_text(json.dumps(content, indent=2) + "\n")
    unfinished.replace(path)


def read(path: pathlib.Path) -> dict[str, Any] | None:
    """The file's object; None when there is no such file."""
    try:
        content = json.loads(path.read_text())
    except FileNotFoundError:
        return None
    if not isinstance(content, dict):
        raise TypeError(f"{path} should hold a JSON object")
    return content
