"""The marketplace's colour on the first paint, as the web app has it a moment later: the same
shades as `web/src/app/brand-colors.ts`, which a shared table of examples holds the two to.
"""

from __future__ import annotations

from functools import lru_cache

BUILT_IN = "#0f6b60"
"""The colour that the web app's own styles are made of."""
_READABLE = 4.5
_SHADES = (0.92, 0.84, 0.66, 0.48, 0.32, 0.18, 0.0, 0.0, -0.18, -0.38)

Rgb = tuple[int, int, int]


@lru_cache
def readable_fill(color: str) -> str:
    """`color` (#rrggbb), as dark as white text on it needs."""
    return _hex(_readable(_channels(color), (255, 255, 255)))


@lru_cache
def brand_styles(color: str) -> str:
    """CSS that puts `color` (#rrggbb) in place of the built-in one; empty when it is that."""
    if color.lower() == BUILT_IN:
        return ""
    filled = _channels(readable_fill(color))
    shades = (_shade(filled, amount) for amount in _SHADES)
    root = ";".join(
        f"--mantine-color-pine-{number}:{_hex(one)}" for number, one in enumerate(shades)
    )
    light_anchor = _readable(_shade(filled, -0.12), (0xEE, 0xF5, 0xF2))
    dark_anchor = _readable(_shade(filled, 0.5), (0x1C, 0x29, 0x26))
    return (
        f":root{{{root}}}"
        f':root[data-mantine-color-scheme="light"]{{--mantine-color-anchor:{_hex(light_anchor)};'
        f"--cc-soft:{_hex(_shade(filled, 0.93))}}}"
        f':root[data-mantine-color-scheme="dark"]{{--mantine-color-anchor:{_hex(dark_anchor)}}}'
    )


def _shade(color: Rgb, amount: float) -> Rgb:
    """`color` mixed with so much of white (1) or black (-1)."""
    target = 255 if amount > 0 else 0
    red, green, blue = (_rounded(one + (target - one) * abs(amount)) for one in color)
    return red, green, blue


def _readable(color: Rgb, on: Rgb) -> Rgb:
    """`color` as dark as text on a light page needs it, or as light as a dark page needs it."""
    step = -0.04 if _luminance(on) > 0.5 else 0.04
    amount = 0.0
    while abs(amount) < 1:
        tried = _shade(color, amount)
        if _contrast(tried, on) >= _READABLE:
            return tried
        amount += step
    return (0, 0, 0) if step < 0 else (255, 255, 255)


def _contrast(one: Rgb, other: Rgb) -> float:
    """WCAG 2's contrast ratio, 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: Rgb) -> float:
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
        for share in (one / 255 for one in color)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _channels(color: str) -> Rgb:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _hex(color: Rgb) -> str:
    return "#" + "".join(f"{one:02x}" for one in color)


def _rounded(value: float) -> int:
    """As JavaScript rounds: halves go up."""
    return int(value + 0.5)
