"""The time zone database that this process computes with."""

from __future__ import annotations

import zoneinfo
from functools import cache
from importlib import import_module, resources
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


def current_name(time_zone: str) -> str:
    """The name that the zone has today: `Asia/Kolkata` of `Asia/Calcutta`. A system may come
    without the former names, as Debian does from release 13 on, and so may a database on it.
    """
    return _links().get(time_zone, time_zone)


@cache
def _links() -> dict[str, str]:
    """The zones by their former names, from the package: lines such as `L Asia/Kolkata
    Asia/Calcutta`.
    """
    text = resources.files("tzdata").joinpath("zoneinfo", "tzdata.zi").read_text(encoding="utf-8")
    links = (line.split() for line in text.splitlines() if line.startswith("L "))
    return {former: current for _, current, former in links}
