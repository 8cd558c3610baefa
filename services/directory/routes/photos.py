"""/consultants/me/photo, /photos/{file}"""

from __future__ import annotations

import obstore
from litestar import Response, delete, get, put
from litestar.params import FromPath

from services.directory.commands.photos import remove_photo, save_photo
from services.directory.domain.photos import parts_of
from services.directory.errors import NotAnImage
from services.directory.routes.dependencies import Photos
from services.directory.schemas import Photo, photo_schema
from shared.auth import consultant
from shared.dependencies import AuthenticatedRequest, Db, Pool
from shared.openapi import errors
from shared.problems import AccountClosed, NotFound, TooLarge, UnsupportedMediaType

MAX_PHOTO_SIZE = 2 << 20
MEDIA_TYPES = frozenset(("image/jpeg", "image/png", "image/webp"))
A_YEAR = "public, max-age=31536000, immutable"


@put(
    "/consultants/me/photo",
    guards=[consultant],
    request_max_body_size=MAX_PHOTO_SIZE,
    responses=errors(NotAnImage, AccountClosed, TooLarge, UnsupportedMediaType),
    tags=["directory"],
    summary="Set my photo",
)
async def save(request: AuthenticatedRequest, pool: Pool, photos: Photos) -> Photo:
    """The body is a JPEG, PNG or WebP picture of at most 2 MiB and 24 megapixels. Its centre is
    stored as a square in three sizes, without metadata.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in MEDIA_TYPES:
        raise UnsupportedMediaType("The body must be image/jpeg, image/png or image/webp.")
    me = request.user
    digest = await save_photo(pool, photos, by=me, content=await request.body())
    return photo_schema(me.id, digest)


@delete(
    "/consultants/me/photo",
    status_code=204,
    guards=[consultant],
    tags=["directory"],
    summary="Remove my photo",
)
async def remove(request: AuthenticatedRequest, db: Db) -> None:
    """The profile shows initials again."""
    await remove_photo(db, by=request.user)


@get(
    "/photos/{file:str}",
    responses=errors(NotFound),
    tags=["directory"],
    summary="Show a photo",
    media_type="image/webp",
)
async def show(photos: Photos, file: FromPath[str]) -> Response[bytes]:
    """The path is a `photo_url` or one of the `sizes`; its content never changes."""
    if parts_of(file) is None:
        raise NotFound
    try:
        found = await obstore.get_async(photos, file)
    except FileNotFoundError:
        raise NotFound from None
    content = bytes(await found.bytes_async())
    return Response(content, media_type="image/webp", headers={"Cache-Control": A_YEAR})


HANDLERS = (save, remove, show)
