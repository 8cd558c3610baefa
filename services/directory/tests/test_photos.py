"""Photos: only pictures are accepted, and nothing but the picture is stored."""

import io
import struct
import zlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import obstore
import pytest
from PIL import Image

from services.directory.commands.photos import (
    delete_photos_of_closed_accounts,
    delete_unnamed_photos,
)
from services.directory.tests.conftest import publish
from services.directory.tests.pictures import closed, picture, put
from shared import clock


@pytest.fixture
async def directory(harness: Any, tmp_path: Path) -> Any:
    return await harness("directory", photo_store=(tmp_path / "photos").as_uri())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_a_photo_is_shown_in_three_sizes(directory: Any, kind: str) -> None:
    user = await publish(directory)
    answer = await put(directory, user, picture(kind), f"image/{kind.lower()}")
    assert answer.status_code == 200, answer.text
    photo = answer.json()
    assert set(photo["sizes"]) == {"96", "256", "640"}
    assert photo["photo_url"] == photo["sizes"]["640"]
    for side, path in photo["sizes"].items():
        shown = await directory.get(path)
        assert shown.headers["content-type"] == "image/webp"
        assert shown.headers["cache-control"] == "public, max-age=31536000, immutable"
        with Image.open(io.BytesIO(shown.content)) as image:
            assert (image.format, image.size) == ("WEBP", (int(side), int(side)))
    profile = (await directory.get(f"/consultants/{user.id}/profile")).json()
    (card,) = (await directory.get("/consultants")).json()["items"]
    assert profile["photo_url"] == card["photo_url"] == photo["photo_url"]


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (95, 96)])
async def test_a_tiny_picture_is_enlarged(directory: Any, size: tuple[int, int]) -> None:
    user = await publish(directory)
    answer = await put(directory, user, picture("PNG", size), "image/png")
    assert answer.status_code == 200, answer.text
    for side, path in answer.json()["sizes"].items():
        with Image.open(io.BytesIO((await directory.get(path)).content)) as shown:
            assert shown.size == (int(side), int(side))


async def test_position_and_camera_are_not_kept(directory: Any) -> None:
    user = await publish(directory)
    exif = Image.Exif()
    exif[0x010F] = "Secret Camera"
    exif.get_ifd(0x8825).update({1: "N", 2: (50.0, 5.0, 14.0), 3: "E", 4: (14.0, 25.0, 16.0)})
    for kind in ("JPEG", "PNG", "WEBP"):
        uploaded = picture(kind, exif=exif)
        with Image.open(io.BytesIO(uploaded)) as image:
            assert image.getexif().get_ifd(0x8825)[2] == (50.0, 5.0, 14.0)
        photo = (await put(directory, user, uploaded, f"image/{kind.lower()}")).json()
        for path in photo["sizes"].values():
            content = (await directory.get(path)).content
            assert b"Secret Camera" not in content
            with Image.open(io.BytesIO(content)) as image:
                assert not image.getexif()
                assert not image.getexif().get_ifd(0x8825)
                assert not set(image.info) & {"exif", "xmp", "icc_profile"}


async def test_a_telephones_rotation_is_applied(directory: Any) -> None:
    user = await publish(directory)
    exif = Image.Exif()
    exif[0x0112] = 6  # rotated by 90 degrees: left becomes top
    photo = (await put(directory, user, picture(size=(600, 600), exif=exif))).json()
    with Image.open(io.BytesIO((await directory.get(photo["photo_url"])).content)) as image:
        above, below = image.getpixel((320, 60)), image.getpixel((320, 580))
    assert isinstance(above, tuple)
    assert isinstance(below, tuple)
    assert above[2] > 200 > below[2]


def png_that_claims(width: int, height: int) -> bytes:
    """A small file whose header claims enormous dimensions."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checked = kind + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ\x90\0 this program cannot be run",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"GIF89a\x01\0\x01\0\x80\0\0",
        picture()[:2000],
        png_that_claims(8000, 5000),
        png_that_claims(65000, 65000),
        png_that_claims(300, 300),
    ],
    ids=["empty", "program", "svg", "gif", "cut off", "40 megapixels", "bomb", "lies"],
)
async def test_what_is_no_picture_is_refused(directory: Any, content: bytes) -> None:
    user = await publish(directory)
    answer = await put(directory, user, content, "image/png")
    assert (answer.status_code, answer.json()["code"]) == (400, "not_an_image")
    assert (await directory.get(f"/consultants/{user.id}/profile")).json()["photo_url"] is None


async def test_a_program_behind_a_picture_is_not_kept(directory: Any) -> None:
    user = await publish(directory)
    photo = (await put(directory, user, picture() + b"<script>alert(1)</script>")).json()
    for path in photo["sizes"].values():
        assert b"script" not in (await directory.get(path)).content


async def test_other_media_types_and_large_bodies_are_refused(directory: Any) -> None:
    user = await publish(directory)
    assert (await put(directory, user, picture(), "image/svg+xml")).status_code == 415
    assert (await put(directory, user, b"\xff" * ((2 << 20) + 1))).status_code == 413


async def test_a_removed_photo_is_gone_from_the_profile(directory: Any) -> None:
    user = await publish(directory)
    await put(directory, user, picture())
    for _ in range(2):
        answer = await directory.request("DELETE", "/consultants/me/photo", user=user)
        assert answer.status_code == 204
    assert (await directory.get(f"/consultants/{user.id}/profile")).json()["photo_url"] is None


@pytest.mark.parametrize("file", ["x.webp", "..%2F..%2Fetc%2Fpasswd", "%00", "a" * 300])
async def test_other_files_are_not_found(directory: Any, file: str) -> None:
    assert (await directory.get(f"/photos/{file}")).status_code == 404


async def test_replaced_photos_are_deleted_after_a_day(directory: Any) -> None:
    user, store = await publish(directory), directory.app.state.photos
    first = (await put(directory, user, picture())).json()
    second = (await put(directory, user, picture(size=(500, 500)))).json()
    await delete_unnamed_photos(directory.database, store)
    assert (await directory.get(first["photo_url"])).status_code == 200
    with clock.shifted(timedelta(days=2)):
        await delete_unnamed_photos(directory.database, store)
    assert (await directory.get(first["photo_url"])).status_code == 404
    assert (await directory.get(second["photo_url"])).status_code == 200


async def test_a_photo_is_stored_while_nothing_is_locked(
    directory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    user, stored = await publish(directory), obstore.put_async

    async def put_async(*arguments: Any) -> Any:
        await directory.sql("select from consultant_profiles for update nowait")
        return await stored(*arguments)

    monkeypatch.setattr(obstore, "put_async", put_async)
    assert (await put(directory, user, picture())).status_code == 200


async def test_photos_of_closed_accounts_are_deleted(directory: Any) -> None:
    closing, other = await publish(directory), await publish(directory)
    photos = [(await put(directory, user, picture())).json() for user in (closing, other)]
    await directory.deliver(closed(closing))
    store = directory.app.state.photos
    assert not await delete_photos_of_closed_accounts(directory.database, store)
    assert not await delete_photos_of_closed_accounts(directory.database, store)
    for path in photos[0]["sizes"].values():
        assert (await directory.get(path)).status_code == 404
    for path in photos[1]["sizes"].values():
        assert (await directory.get(path)).status_code == 200
    rows = await directory.sql("select photo is null as gone from consultant_profiles order by no")
    assert [row["gone"] for row in rows] == [True, False]


async def test_a_closed_account_stores_no_photo(directory: Any) -> None:
    user = await publish(directory)
    await directory.deliver(closed(user))
    assert (await put(directory, user, picture())).status_code == 403
    assert obstore.list(directory.app.state.photos).collect() == []
