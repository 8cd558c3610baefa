"""Pictures, and the call that makes one a consultant's photo."""

import io
from typing import Any

from PIL import Image

from shared.auth import User
from shared.events import UserDeactivated


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


def closed(user: User) -> UserDeactivated:
    return UserDeactivated(
        user_id=user.id, role="consultant", first_name="A", last_name="B", email="a@example.org"
    )
