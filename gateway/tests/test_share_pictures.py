"""Pictures to share: every name in its own script, and nothing that is a row of boxes."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageChops, ImageFont

from gateway.site.picture import SIZE, can_shape, draw
from gateway.site.scripts import (
    break_points,
    font_for,
    is_right_to_left,
    needs_shaping,
    writable,
)

COLOR = "#0f6b60"
LEFT_TO_RIGHT = {
    "latin": "Grace Hopper",
    "vietnamese": "Nguyễn Thị Ánh",
    "greek": "Ελένη Παπαδοπούλου",
    "cyrillic": "Иван Ёлкин",
    "japanese": "田中 さくら",
    "korean": "김민준",
    "devanagari": "अनुष्का शर्मा",
    "thai": "สมชาย ใจดี",
    "tamil": "அருண் குமார்",
    "telugu": "రాజు వర్మ",
}
RIGHT_TO_LEFT = {"arabic": "محمد بن موسى", "persian": "گلچین شهریار", "hebrew": "שרה כהן-לוי"}


def picture_of(name: str = "", headline: str = "", brand: str = "") -> Image.Image:
    image = Image.open(io.BytesIO(draw(name, headline, brand, COLOR)))
    assert image.size == SIZE
    return image


def ink(image: Image.Image) -> tuple[int, int, int, int] | None:
    """The box around everything that is not the background; None for an empty picture."""
    return ImageChops.difference(image, Image.new("RGB", SIZE, COLOR)).getbbox()


def test_letters_can_be_joined_and_put_in_order() -> None:
    assert can_shape()


@pytest.mark.parametrize("name", [*LEFT_TO_RIGHT.values(), *RIGHT_TO_LEFT.values()])
def test_without_fribidi_the_scripts_that_need_it_are_left_out(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.site.picture.can_shape", lambda: False)
    monkeypatch.setattr(
        "gateway.site.picture._loaded",
        lambda path, size: ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC),
    )
    draw.cache_clear()
    try:
        picture = picture_of(name, "Compilers", "Brand")
        written = ink(picture_of(name)) is not None
    finally:
        draw.cache_clear()
    assert ink(picture) is not None
    assert written is not needs_shaping(name)


def test_scripts_that_need_shaping() -> None:
    needed = {script for script, name in LEFT_TO_RIGHT.items() if needs_shaping(name)}
    assert needed == {"devanagari", "thai", "tamil", "telugu"}
    assert all(needs_shaping(name) for name in RIGHT_TO_LEFT.values())


@pytest.mark.parametrize("name", LEFT_TO_RIGHT.values(), ids=LEFT_TO_RIGHT)
def test_name_is_written_from_the_left(name: str) -> None:
    assert font_for(name) is not None
    box = ink(picture_of(name))
    assert box is not None
    left, _, right, _ = box
    assert 70 <= left <= 100
    assert right < SIZE[0] - 80


@pytest.mark.parametrize("name", RIGHT_TO_LEFT.values(), ids=RIGHT_TO_LEFT)
def test_name_is_written_from_the_right_where_its_script_is(name: str) -> None:
    assert font_for(name) is not None
    box = ink(picture_of(name))
    assert box is not None
    left, _, right, _ = box
    assert SIZE[0] - 100 <= right <= SIZE[0] - 70
    assert left > 80


def test_arabic_letters_are_joined() -> None:
    joined, separate = ink(picture_of("محمد")), ink(picture_of("م\u200cح\u200cم\u200cد"))
    assert joined is not None
    assert separate is not None
    assert joined[2] - joined[0] != separate[2] - separate[0]


@pytest.mark.parametrize("text", ["გიორგი", "Հայկ", "ክፍሉ", "محمد 田中", "\U000e0041", "", " \n "])
def test_text_that_no_font_can_show_is_left_out(text: str) -> None:
    assert ink(picture_of(name=text, headline=text, brand=text)) is None


def test_the_rest_is_written_where_a_name_cannot_be() -> None:
    assert ink(picture_of("გიორგი", "Tax in Georgia")) == ink(picture_of("", "Tax in Georgia"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Compilers 🚀 & more", "Compilers & more"),
        ("👩🏽‍🔬 Ada", "Ada"),
        ("I ❤️ taxes", "I taxes"),
        ("🇩🇪 Steuern", "Steuern"),
        ("In 1️⃣ day", "In 1 day"),
        ("\u845b\U000e0100城", "\u845b城"),
        ("Two\n\nlines\tof", "Two lines of"),
        ("Brand™ ©", "Brand™ ©"),
        ("نمی\u200cدانم", "نمی\u200cدانم"),
        ("क्\u200dष", "क्\u200dष"),
    ],
)
def test_emoji_are_left_out_and_letters_never(text: str, shown: str) -> None:
    assert writable(text) == shown


@pytest.mark.parametrize(
    ("text", "mirrored"),
    [("محمد Smith", True), ("Smith محمد", False), ("(20) محمد", True), ("123", False)],
)
def test_direction_is_that_of_the_first_letter_that_has_one(text: str, mirrored: bool) -> None:
    assert is_right_to_left(text) is mirrored


def test_words_are_not_broken_before_a_mark() -> None:
    thai = "ที่ปรึกษา"
    assert all(thai[at] not in "ิี่ึ" for at in break_points(thai))
    assert break_points("abc") == [1, 2]


@pytest.mark.parametrize(
    "text",
    [
        "word " * 60,
        "x" * 400,
        "日本のスタートアップ向けの資金調達とピッチデックのレビュー" * 6,
        "ที่ปรึกษาด้านภาษีและการเงินสำหรับธุรกิจขนาดเล็ก" * 5,
        "خبير في الجبر والخوارزميات " * 12,
    ],
)
def test_long_text_has_three_lines_between_the_margins(text: str) -> None:
    box = ink(picture_of(headline=text))
    assert box is not None
    left, top, right, bottom = box
    assert left >= 75
    assert right <= SIZE[0] - 75
    assert bottom - top < 3 * 44 * 1.3 + 20
    shorter = ink(picture_of(headline=text[: len(text) // 2]))
    assert shorter is not None
    assert abs(shorter[3] - bottom) < 20
