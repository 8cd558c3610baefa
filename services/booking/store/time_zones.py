"""The time zone database used by this process."""

from __future__ import annotations

import zoneinfo
from functools import cache
from importlib import import_module, resources
from pathlib import Path


def tzdata_release() -> str:
    """The release, such as `2026b`, of the system's files if zoneinfo reads those, otherwise of the
    package. `unknown` if the system's files do not state it.
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


def current_name(time_zone: str) -> str:
    """The current name of the time zone: `Asia/Kolkata` for `Asia/Calcutta`. Systems (Debian from
    release 13 on) and databases on them may lack the former names.
    """
    return _links().get(time_zone, time_zone)


@cache
def _links() -> dict[str, str]:
    """Current names by former name, from the package: lines such as `L Asia/Kolkata
    Asia/Calcutta`.
    """
    text = resources.files("tzdata").joinpath("zoneinfo", "tzdata.zi").read_text(encoding="utf-8")
    links = (line.split() for line in text.splitlines() if line.startswith("L "))
    return {former: current for _, current, former in links}
