"""Mail preferences, changed by the signed-in user or through the link in a mail."""

from __future__ import annotations

from importlib.resources import files
from typing import Annotated, Any
from urllib.parse import parse_qs

import jinja2
from litestar import MediaType, Request, Response, get, post, put
from litestar.params import JSONBody, QueryParameter

from services.notifications import queries
from services.notifications.commands import mail_preferences
from services.notifications.errors import InvalidToken
from services.notifications.mail.category_names import CATEGORY_NAMES
from services.notifications.mail.unsubscribe_tokens import read_token
from services.notifications.schemas import (
    Preferences,
    Unsubscribe,
    preferences_from_schema,
    preferences_schema,
)
from shared.auth import signed_in
from shared.dependencies import AuthenticatedRequest, Db, Reader
from shared.languages import DEFAULT, RIGHT_TO_LEFT, is_language, preferred_language
from shared.openapi import errors

_PAGES = jinja2.Environment(
    loader=jinja2.FunctionLoader(
        lambda name: files("services.notifications").joinpath("pages", name).read_text()
    ),
    autoescape=True,
)
_HEADERS = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
}
AnyRequest = Request[Any, Any, Any]
Token = Annotated[
    str, QueryParameter(max_length=200, description="The token of the link in a mail.")
]


@get(
    "/notifications/preferences",
    guards=[signed_in],
    tags=["notifications"],
    summary="Show my mail preferences",
)
async def show(request: AuthenticatedRequest, reader: Reader) -> Preferences:
    """The categories that may be switched off, and whether they are on."""
    return preferences_schema(await queries.preferences_of(reader, request.user.id))


@put(
    "/notifications/preferences",
    guards=[signed_in],
    tags=["notifications"],
    summary="Change my mail preferences",
)
async def save(request: AuthenticatedRequest, db: Db, data: JSONBody[Preferences]) -> Preferences:
    """Mails that a user must receive (a failed payment, a cancellation, a change of address or
    password, a password reset) are sent regardless of these preferences.
    """
    wanted = preferences_from_schema(data)
    await mail_preferences.save_preferences(db, request.user.id, wanted)
    return data


@post(
    "/notifications/unsubscribe",
    status_code=204,
    responses=errors(InvalidToken),
    tags=["notifications"],
    summary="Unsubscribe with the token of a mail's link",
)
async def unsubscribe(db: Db, data: JSONBody[Unsubscribe]) -> None:
    """Switches off the category of the mail that contained the link, or all optional mails. Needs
    no sign-in, and is idempotent.
    """
    await mail_preferences.unsubscribe(db, data.token, everything=data.all)


def _page(request: AnyRequest, name: str, chosen: str | None, **given: Any) -> Response[str]:
    """A page in the language that the reader has chosen, or else in the one of their browser."""
    preferred = preferred_language(request.headers.get("accept-language"))
    language = chosen if is_language(chosen) else preferred or DEFAULT
    if "category" in given:
        given["category"] = CATEGORY_NAMES[language][given["category"]]
    direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
    text = _PAGES.get_template(f"{language}/{name}").render(
        language=language, direction=direction, **given
    )
    headers = {**_HEADERS, "content-language": language}
    return Response(text, media_type=MediaType.HTML, headers=headers)


@get(
    "/unsubscribe",
    media_type=MediaType.HTML,
    tags=["notifications"],
    summary="Show the page of a mail's unsubscribe link",
)
async def ask(request: AnyRequest, reader: Reader, token: Token = "") -> Response[str]:
    """Asks for confirmation and changes nothing, because programs that scan mails follow
    links too.
    """
    claimed = read_token(token)
    if claimed is None:
        return _page(request, "invalid.html", None)
    language = await queries.language_of(reader, claimed)
    return _page(request, "ask.html", language, token=token, category=claimed.category)


@post(
    "/unsubscribe",
    status_code=200,
    media_type=MediaType.HTML,
    responses=errors(InvalidToken),
    tags=["notifications"],
    summary="Unsubscribe with one click, as mail programs do (RFC 8058)",
)
async def one_click(request: AnyRequest, db: Db, token: Token = "") -> Response[str]:
    """Accepts the page's form and the unsubscribe button of mail programs."""
    form = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=10)
    everything = form.get("all") == ["1"]
    off = await mail_preferences.unsubscribe(db, token, everything=everything)
    return _page(request, "done.html", off.language, category=off.category, everything=everything)


HANDLERS = (show, save, unsubscribe, ask, one_click)
