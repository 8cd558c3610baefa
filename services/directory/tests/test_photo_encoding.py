"""What of a picture a photo shows, in which colours, and what encoding it costs."""

import io
import subprocess
import sys
from typing import Any

import pytest
from PIL import Image, ImageStat

from services.directory.commands.photos import encode


@pytest.mark.parametrize("size", [(4_898, 4_898), (97, 6_001), (1_281, 1_283), (2_561, 3_001)])
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L", "LA", "1"])
def test_a_photo_is_the_centre_whatever_its_mode_and_size(mode: str, size: tuple[int, int]) -> None:
    width, height = size
    image = Image.new("RGB", size, "black")
    image.paste("white", (0, 0, width, height // 2))
    out = io.BytesIO()
    image.convert(mode).save(out, "PNG", compress_level=1)
    for side, content in encode(out.getvalue()).items():
        with Image.open(io.BytesIO(content)) as shown:
            grey = shown.convert("L")
        assert grey.size == (side, side)
        edge = side // 20
        ((darkest, _),) = ImageStat.Stat(grey.crop((0, 0, side, side // 2 - edge))).extrema
        ((_, brightest),) = ImageStat.Stat(grey.crop((0, side // 2 + edge, side, side))).extrema
        assert darkest > 240
        assert brightest < 15


def _colour(content: bytes) -> Any:
    with Image.open(io.BytesIO(encode(content)[96])) as shown:
        return shown.convert("RGB").getpixel((48, 48))


def _png(image: Image.Image, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", **options)
    return out.getvalue()


def test_what_was_erased_from_a_photo_is_white() -> None:
    size, white = (200, 200), (255, 255, 255)
    assert _colour(_png(Image.new("RGBA", size, (200, 0, 0, 0)))) == white
    assert _colour(_png(Image.new("LA", size, (10, 0)))) == white
    assert _colour(_png(Image.new("RGB", size, (200, 0, 0)), transparency=(200, 0, 0))) == white
    palette = Image.new("P", size, 0)
    palette.putpalette([200, 0, 0])
    assert _colour(_png(palette, transparency=0)) == white
    half = _colour(_png(Image.new("RGBA", size, (0, 0, 0, 128))))
    assert all(abs(value - 127) < 5 for value in half)


@pytest.mark.parametrize("grey", [0, 25, 128, 255])
def test_sixteen_bits_of_grey_are_not_cut_off(grey: int) -> None:
    colour = _colour(_png(Image.new("I;16", (200, 200), grey * 257)))
    assert all(abs(value - grey) < 5 for value in colour)


PEAK = """
import resource, sys
from services.directory.commands.photos import encode
content = sys.stdin.buffer.read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
encode(content)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_a_large_photo_is_held_in_memory_once() -> None:
    pixels = 4_898 * 4_898
    out = io.BytesIO()
    Image.new("RGBA", (4_898, 4_898), "red").save(out, "PNG", compress_level=1)
    run = [sys.executable, "-c", PEAK]
    done = subprocess.run(run, input=out.getvalue(), capture_output=True, check=True)
    unit = 1 if sys.platform == "darwin" else 1_024
    assert int(done.stdout) * unit < 1.5 * 4 * pixels
