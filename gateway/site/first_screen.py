"""What the templates of the first screens need of the web app's look, which they have until the app
itself is there: the class names of its built styles, and how it draws people without a photo.
"""

from __future__ import annotations

import re

# The sides in which the directory keeps a photo, in pixels; its address names the largest.
_SIDES = (96, 256, 640)
_LARGEST = re.compile(r"\.640\.webp$")


def style(name: str, module: str) -> str:
    """The class `name` of `module`.module.css, as `web/vite.config.ts` names it."""
    return f"_{name}_{module}"


def photo_at(url: str, size: int) -> str:
    """The address of a photo in the smallest size that is sharp at `size` on a dense screen."""
    side = next((one for one in _SIDES if one >= size * 2), _SIDES[-1])
    return _LARGEST.sub(f".{side}.webp", url)


def hue(name: str) -> int:
    """The hue of a name's initials: always the same for the same name."""
    found = 0
    for letter in name:
        found = (found * 31 + ord(letter)) % 360
    return found


def initials(names: tuple[str, str]) -> str:
    """The first letters of both names."""
    return "".join(part.strip()[:1] for part in names).upper()


FILTERS = {"style": style, "photo_at": photo_at, "hue": hue, "initials": initials}
