"""File names and URLs of photos."""

import re
from uuid import UUID

SIDES = (96, 256, 640)  # pixels
DEFAULT_SIDE = SIDES[-1]
_FILE = re.compile(r"([0-9a-f-]{36})\.([0-9a-f]{32})\.(\d{2,3})\.webp")


def file_name(consultant_id: UUID, digest: str, side: int) -> str:
    """The file name of one size. It contains the picture's digest, so its content never changes."""
    return f"{consultant_id}.{digest}.{side}.webp"


def photo_url(consultant_id: UUID, digest: str | None, side: int = DEFAULT_SIDE) -> str | None:
    """The path at which a photo is served; None if there is no photo."""
    return f"/photos/{file_name(consultant_id, digest, side)}" if digest is not None else None


def parts_of(file: str) -> tuple[UUID, str] | None:
    """The owner and digest of a photo's file name; None if it is not such a name."""
    match = _FILE.fullmatch(file)
    if match is None or int(match[3]) not in SIDES:
        return None
    try:
        return UUID(match[1]), match[2]
    except ValueError:
        return None
