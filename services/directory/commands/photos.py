"""Photos: decoded and encoded again, so that nothing but a picture is left of what was sent.

Files go into an object store (a folder, or S3 and its like) before the row that names them is
written: a crash in between leaves files that nobody names, never a name without its files.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import warnings
from collections.abc import Mapping
from uuid import UUID

import obstore
from obstore.store import ObjectStore
from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.directory.domain.photos import SIDES, file_name
from services.directory.errors import AccountClosed, NotAnImage
from services.directory.store import claimed
from services.directory.tables import consultant_profiles as profiles
from shared.auth import User
from shared.clock import now

FORMATS = ("JPEG", "PNG", "WEBP")
# A picture is decoded whole: 24 megapixels, more than most telephones make, take 96 MB meanwhile.
MOST_PIXELS = 24_000_000
SMALLEST_SIDE = 96
QUALITY = 82


def encode(content: bytes) -> Mapping[int, bytes]:
    """The picture's middle as squares of SIDES in WebP, without its metadata. Raises NotAnImage."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
                width, height = opened.size
                if width * height > MOST_PIXELS:
                    raise NotAnImage("The picture has more than 24 megapixels.")
                if min(width, height) < SMALLEST_SIDE:
                    raise NotAnImage("The picture is smaller than 96 by 96 pixels.")
                opened.draft("RGB", (SIDES[-1] * 2, SIDES[-1] * 2))
                upright = ImageOps.exif_transpose(opened).convert("RGB")
        return {side: _square(upright, side) for side in SIDES}
    except NotAnImage:
        raise
    except (UnidentifiedImageError, Image.DecompressionBombError, Warning) as error:
        raise NotAnImage from error
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
        # What Pillow's decoders raise for files that are cut off or made up.
        raise NotAnImage("The picture is damaged.") from error


def _square(picture: Image.Image, side: int) -> bytes:
    out = io.BytesIO()
    ImageOps.fit(picture, (side, side)).save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()


async def save_photo(db: AsyncConnection, store: ObjectStore, *, by: User, content: bytes) -> str:
    """Replaces the photo of `by`; its digest. Raises NotAnImage, AccountClosed."""
    encoded = await asyncio.to_thread(encode, content)
    digest = hashlib.blake2b(encoded[SIDES[-1]], digest_size=16).hexdigest()
    row = await claimed(db, by.id)
    if not row.is_active:
        raise AccountClosed
    for side, picture in encoded.items():
        await obstore.put_async(store, file_name(by.id, digest, side), picture)
    if row.photo != digest:
        await _set(db, by.id, digest)
    return digest


async def remove_photo(db: AsyncConnection, *, by: User) -> None:
    """Takes the photo of `by` away, if there is one."""
    row = await claimed(db, by.id)
    if row.photo is not None:
        await _set(db, by.id, None)


async def _set(db: AsyncConnection, consultant_id: UUID, digest: str | None) -> None:
    mine = update(profiles).where(profiles.c.consultant_id == consultant_id)
    await db.execute(mine.values(photo=digest, updated_at=now()))
