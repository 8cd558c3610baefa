"""Bodies as handlers declare them."""

from __future__ import annotations

from typing import Any

from litestar import Request

from shared.problems import UnsupportedMediaType
from shared.rules import without_null
from shared.validation import decode


class StrictRequest(Request[Any, Any, Any]):
    """A request whose JSON is decoded straight into the handler's Struct: nothing is coerced,
    unknown fields are errors.
    """

    async def json(self) -> Any:
        """The body as the handler's `data` type. Raises UnsupportedMediaType, ValidationFailed."""
        media_type = (
            self.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
        )
        if media_type != "application/json":
            raise UnsupportedMediaType
        field = self.route_handler.parsed_data_field
        assert field is not None
        # Not `raw`: that carries litestar's metadata, whose hash costs 0.2 ms at every look-up of
        # the decoder.
        # A body that may be absent is declared as `X | None`; null is no body.
        return decode(await self.body(), without_null(field.annotation))
