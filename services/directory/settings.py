"""Settings of directory."""

import tempfile
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from shared.settings import ServiceSettings, Switch

PhotoStore = Annotated[
    str,
    Meta(
        pattern=r"^(file|s3|gs|az)://",
        description="an address that begins with file://, s3://, gs:// or az://",
    ),
]


class DirectorySettings(ServiceSettings, frozen=True, kw_only=True):
    """`photo_store` is where photos are stored: `file:///folder`, or `s3://bucket/prefix` with the
    AWS_ variables (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT).
    """

    photo_store: PhotoStore = Path(tempfile.gettempdir(), "consultant-connect-photos").as_uri()
    # 1: consultants are listed only once their e-mail address is verified.
    require_verified_email: Switch = 0
