"""Photos: only pictures are accepted, and nothing but the picture is stored."""

import io
import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import obstore
import pytest
from moto.server import ThreadedMotoServer
from obstore.store import S3Store
from PIL import Image, ImageStat

from services.directory.app import photo_store
from services.directory.commands.photos import (
    delete_photos_of_closed_accounts,
    delete_unnamed_photos,
    encode,
)
from services.directory.settings import DirectorySettings
from services.directory.tests.conftest import publish
from shared import clock
from shared.auth import User
from shared.events import UserDeactivated

SETTINGS: dict[str, Any] = {"database_url": "postgresql://a:b@c/d", "amqp_url": "amqp://a:b@c/"}


@pytest.fixture
async def directory(harness: Any, tmp_path: Path) -> Any:
    return await harness("directory", photo_store=(tmp_path / "photos").as_uri())


def picture(kind: str = "JPEG", size: tuple[int, int] = (800, 400), **more: Any) -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", size, "red")
    image.paste("blue", (0, 0, size[0] // 2, size[1]))
    image.save(out, kind, **more)
    return out.getvalue()


async def put(directory: Any, user: Any, content: bytes, media_type: str = "image/jpeg") -> Any:
    return await directory.put(
        "/consultants/me/photo", user=user, content=content, headers={"content-type": media_type}
    )


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


def closed(user: User) -> UserDeactivated:
    return UserDeactivated(
        user_id=user.id, role="consultant", first_name="A", last_name="B", email="a@example.org"
    )


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


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Any]]:
    server = ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ENDPOINT": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_ALLOW_HTTP": "true",
    }.items():
        monkeypatch.setenv(name, value)
    boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT"]).create_bucket(Bucket="photos")
    yield lambda: photo_store(DirectorySettings(photo_store="s3://photos/consultants", **SETTINGS))
    server.stop()


async def test_service_keeps_photos_in_s3(bucket: Callable[[], Any], harness: Any) -> None:
    directory = await harness("directory", photo_store="s3://photos/consultants")
    user, store = await publish(directory), directory.app.state.photos
    first, second = [
        (await put(directory, user, picture(size=size))).json() for size in ((800, 400), (500, 500))
    ]
    kept = [file["path"] for files in obstore.list(bucket()) for file in files]
    paths = [path for photo in (first, second) for path in photo["sizes"].values()]
    assert sorted(f"/photos/{path}" for path in kept) == sorted(paths)
    for path in paths:
        shown = await directory.get(path)
        assert (shown.status_code, shown.headers["content-type"]) == (200, "image/webp")
    with clock.shifted(timedelta(days=2)):
        await delete_unnamed_photos(directory.database, store)
    assert (await directory.get(first["photo_url"])).status_code == 404
    assert (await directory.get(second["photo_url"])).status_code == 200
    await directory.deliver(closed(user))
    await delete_photos_of_closed_accounts(directory.database, store)
    assert obstore.list(bucket()).collect() == []


async def test_photos_can_be_kept_in_s3(bucket: Callable[[], Any]) -> None:
    store = bucket()
    await obstore.put_async(store, "a.webp", b"picture")
    assert bytes(await (await obstore.get_async(store, "a.webp")).bytes_async()) == b"picture"
    await obstore.delete_async(store, "a.webp")
    with pytest.raises(FileNotFoundError):
        await obstore.get_async(store, "a.webp")


@pytest.mark.parametrize("variable", ["AWS_ENDPOINT", "AWS_ALLOW_HTTP"])
def test_empty_variable_of_s3_counts_as_absent(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """docker-compose.yml passes all of them on, whether .env sets them or not."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv(variable, "")
    store = photo_store(DirectorySettings(photo_store="s3://photos/consultants", **SETTINGS))
    assert isinstance(store, S3Store)
    url = obstore.sign(store, "GET", "a.webp", timedelta(minutes=1))
    assert url.startswith("https://s3.us-east-1.amazonaws.com/photos/consultants/a.webp?")
