"""The release of the time zone database that this process computes with."""

from __future__ import annotations

import zoneinfo
from importlib import import_module
from pathlib import Path


def tzdata_release() -> str:
    """The release, such as `2026b`: of the system's files where zoneinfo reads those, else of the
    package. `unknown` where the system's do not say.
    """
    for folder in map(Path, zoneinfo.TZPATH):
        listing = folder / "tzdata.zi"
        if listing.is_file():
            with listing.open(encoding="utf-8") as lines:
                return lines.readline().removeprefix("# version").strip()
        if (folder / "UTC").exists():
            return "unknown"
    return str(import_module("tzdata").IANA_VERSION)


TZDATA = tzdata_release()
