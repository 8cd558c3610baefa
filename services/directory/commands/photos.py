"""Photos: decoded and re-encoded, so that nothing but the picture remains of the upload.

Files are written to an object store (a local directory, or S3-compatible) before the row that
references them, and outside of any transaction: a crash in between leaves unreferenced files, but
never a reference without files. Unreferenced files are deleted later, those of closed accounts at
once.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import io
import warnings
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import obstore
from obstore.store import ObjectStore
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from services.directory import store
from services.directory.domain.photos import SIDES, file_name, parts_of
from services.directory.errors import NotAnImage
from shared.auth import User
from shared.clock import now
from shared.db import Database, Transaction
from shared.problems import AccountClosed

FORMATS = ("JPEG", "PNG", "WEBP")
# A picture is decoded as a whole: 24 megapixels, more than most phones produce, use 96 MB
# meanwhile. So pictures are decoded one after the other, and no copy of a whole one is made.
MAX_PIXELS = 24_000_000
STRIPE_HEIGHT = 32  # pixels of the reduced picture
_ORIENTATION = ExifTags.Base.Orientation
_encoder = ThreadPoolExecutor(max_workers=1, thread_name_prefix="photos")
# Pages and caches show a photo for some time after it was replaced.
RETENTION = timedelta(days=1)
DELETED_AT_ONCE = 100
QUALITY = 82


def encode(content: bytes) -> Mapping[int, bytes]:
    """The centre of the picture as squares with SIDES in WebP, without metadata; a smaller picture
    is enlarged. Raises NotAnImage.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
                width, height = opened.size
                if width * height > MAX_PIXELS:
                    raise NotAnImage("The picture has more than 24 megapixels.")
                opened.draft("RGB", (SIDES[-1] * 2, SIDES[-1] * 2))
                square = _reduced_square(opened)
        return {side: _resized(square, side) for side in SIDES}
    except NotAnImage:
        raise
    except (UnidentifiedImageError, Image.DecompressionBombError, Warning) as error:
        raise NotAnImage from error
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
        # Errors of Pillow's decoders for truncated or fabricated files.
        raise NotAnImage("The picture is damaged.") from error


def _reduced_square(picture: Image.Image) -> Image.Image:
    """The centre of the picture as an upright RGB square, reduced by a whole factor to about twice
    the largest side, stripe by stripe.
    """
    width, height = picture.size
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    factor = max(1, side // (SIDES[-1] * 2))
    reduced = -(-side // factor)
    square = Image.new("RGB", (reduced, reduced))
    for y in range(0, side, STRIPE_HEIGHT * factor):
        bottom = min(y + STRIPE_HEIGHT * factor, side)
        stripe = _opaque(picture.crop((left, top + y, left + side, top + bottom)))
        square.paste(stripe.reduce(factor), (0, y // factor))
    square.getexif()[_ORIENTATION] = picture.getexif().get(_ORIENTATION, 1)
    return ImageOps.exif_transpose(square)


def _opaque(stripe: Image.Image) -> Image.Image:
    """The stripe in RGB, with white where it is transparent: what somebody has erased may still be
    in the file, and must not show again.
    """
    if stripe.mode.startswith("I"):  # 16 bits of grey, which `convert` would cut off at 255
        stripe = stripe.convert("I").point(lambda grey: grey * (1 / 256)).convert("L")
    if not stripe.has_transparency_data:
        return stripe.convert("RGB")
    painted = stripe.convert("RGBA")
    background = Image.new("RGBA", painted.size, "white")
    return Image.alpha_composite(background, painted).convert("RGB")


def _resized(square: Image.Image, side: int) -> bytes:
    out = io.BytesIO()
    ImageOps.fit(square, (side, side)).save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()


async def save_photo(database: Database, files: ObjectStore, *, by: User, content: bytes) -> str:
    """Replaces the photo of `by` and returns its digest. Raises NotAnImage, AccountClosed."""
    encoded = await asyncio.get_running_loop().run_in_executor(_encoder, encode, content)
    digest = hashlib.blake2b(encoded[SIDES[-1]], digest_size=16).hexdigest()
    async with database.transaction() as db:
        if not await store.is_open(db, by.id):
            raise AccountClosed
    for side, picture in encoded.items():
        await obstore.put_async(files, file_name(by.id, digest, side), picture)
    async with database.transaction() as db:
        consultant = await store.get_for_update(db, by.id)
        if not consultant.is_active:
            raise AccountClosed
        if consultant.photo != digest:
            await store.save_photo(db, by.id, digest)
    return digest


async def remove_photo(db: Transaction, *, by: User) -> None:
    """Removes the photo of `by`, if there is one."""
    consultant = await store.get_for_update(db, by.id)
    if consultant.photo is not None:
        await store.save_photo(db, by.id, None)


async def delete_photos_of_closed_accounts(database: Database, files: ObjectStore) -> bool:
    """Job: deletes the photo files of closed accounts. Returns whether there are more. After a
    crash in between, the row remains, so the next run deletes the rest.
    """
    async with database.transaction() as db:
        closed = await store.photos_of_closed_accounts(db, DELETED_AT_ONCE)
    for consultant_id, digest in closed:
        names = [file_name(consultant_id, digest, side) for side in SIDES]
        await _delete(files, names)
        async with database.transaction() as db:
            await store.get_for_update(db, consultant_id)
            await store.save_photo(db, consultant_id, None)
    return len(closed) == DELETED_AT_ONCE


async def delete_unnamed_photos(database: Database, files: ObjectStore) -> bool:
    """Job: deletes files of replaced or removed photos. Returns False, because it deletes all of
    them.
    """
    before = now() - RETENTION
    async for listed in obstore.list(files).__aiter__():
        old = [file["path"] for file in listed if file["last_modified"] < before]
        named = {path: parts for path in old if (parts := parts_of(path)) is not None}
        async with database.transaction() as db:
            owners = {consultant_id for consultant_id, _ in named.values()}
            shown = await store.shown_photos(db, owners)
        await _delete(files, [path for path, parts in named.items() if parts not in shown])
    return False


async def _delete(files: ObjectStore, names: list[str]) -> None:
    """Deletes existing files: another replica may have been faster."""
    for name in names:
        with contextlib.suppress(FileNotFoundError):
            await obstore.delete_async(files, name)
