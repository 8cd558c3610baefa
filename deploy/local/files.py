"""Small JSON files in a stack's data folder, readable only by their owner."""

import json
import os
import pathlib
from typing import Any


def write(path: pathlib.Path, content: object) -> None:
    """Replace the file atomically, readable only by its owner (0600)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    unfinished.write_text(json.dumps(content, indent=2) + "\n")
    unfinished.replace(path)


def read(path: pathlib.Path) -> dict[str, Any] | None:
    """The object in the file; None if the file does not exist."""
    try:
        content = json.loads(path.read_text())
    except FileNotFoundError:
        return None
    if not isinstance(content, dict):
        raise TypeError(f"{path} should hold a JSON object")
    return content
