"""The HTTP side: pages for people, and the API."""

from __future__ import annotations

from datetime import datetime
from importlib.resources import files
from typing import Annotated, Any

import jinja2
import msgspec
from litestar import MediaType, Request, Response, delete, get, post
from litestar.datastructures import State
from litestar.exceptions import HTTPException, NotFoundException
from litestar.params import JSONBody, QueryParameter

from sandbox.mail.messages import Message
from sandbox.mail.smtp import Faults, Mode
from sandbox.mail.store import Store

# A mail's HTML may only be displayed: no scripts run and nothing is fetched.
HTML_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none';"
    " style-src 'unsafe-inline'; img-src data:"
)
PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'self'"
_TEMPLATES = jinja2.Environment(
    loader=jinja2.FunctionLoader(
        lambda name: files("sandbox.mail").joinpath("templates", name).read_text()
    ),
    autoescape=True,
)


class FailNext(msgspec.Struct, forbid_unknown_fields=True):
    """The failure to simulate for the next mails."""

    mode: Mode
    times: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1


def _page(name: str, **given: Any) -> Response[str]:
    return Response(
        _TEMPLATES.get_template(name).render(**given),
        media_type=MediaType.HTML,
        headers={"content-security-policy": PAGE_POLICY, "cache-control": "no-store"},
    )


def _store(state: State) -> Store:
    store: Store = state.store
    return store


def _found(state: State, id: str) -> tuple[Message, bytes]:
    found = _store(state).one(id)
    if found is None:
        raise NotFoundException("no such mail")
    return found


@get("/health/live", sync_to_thread=False)
def live() -> dict[str, str]:
    """Responds if the server is running."""
    return {"status": "up"}


@get("/_mail", sync_to_thread=True)
def listing(state: State, to: str | None = None) -> Response[str]:
    """The page with all mails, newest first."""
    return _page("list.html", messages=_store(state).all(to or None)[::-1], to=to)


@get("/_mail/messages", sync_to_thread=True)
def messages(
    state: State,
    to: str | None = None,
    since: Annotated[datetime | None, QueryParameter()] = None,
) -> list[Message]:
    """The mails as JSON, oldest first."""
    if since is not None and since.tzinfo is None:
        raise HTTPException("since must have an offset", status_code=400)
    return _store(state).all(to or None, since)


@delete("/_mail/messages", sync_to_thread=True)
def clear(state: State) -> None:
    """Deletes all mails."""
    _store(state).clear()


@post("/_mail/clear", sync_to_thread=True)
def clear_from_page(state: State) -> Response[None]:
    """Deletes all mails, for the page's form, which cannot send DELETE."""
    _store(state).clear()
    return Response(None, status_code=303, headers={"location": "/_mail"})


@post("/_mail/fail_next", status_code=200, sync_to_thread=False)
def fail_next(state: State, data: JSONBody[FailNext]) -> FailNext:
    """Makes the next mails fail."""
    faults: Faults = state.faults
    faults.add(data.mode, data.times)
    return data


@delete("/_mail/fail_next", sync_to_thread=False)
def cancel_failures(state: State) -> None:
    """Cancels the remaining failures."""
    faults: Faults = state.faults
    faults.clear()


@get("/_mail/{id:str}", sync_to_thread=True)
def one(state: State, id: str) -> Response[str]:
    """One mail: its headers, HTML in a sandboxed frame, text, links, attachments."""
    return _page("mail.html", mail=_found(state, id)[0])


@get("/_mail/{id:str}/html", sync_to_thread=True)
def html(state: State, id: str) -> Response[str]:
    """The mail's HTML for the frame; it is sandboxed even if opened directly."""
    headers = {"content-security-policy": HTML_POLICY, "x-content-type-options": "nosniff"}
    return Response(_found(state, id)[0].html, media_type=MediaType.HTML, headers=headers)


@get("/_mail/{id:str}/source", sync_to_thread=True)
def source(state: State, id: str) -> Response[bytes]:
    """The mail's source as received."""
    headers = {"x-content-type-options": "nosniff"}
    return Response(_found(state, id)[1], media_type="text/plain; charset=utf-8", headers=headers)


def answer_error(_: Request[Any, Any, Any], error: HTTPException) -> Response[dict[str, Any]]:
    """Renders errors as problem+json."""
    body = {"title": "Error", "status": error.status_code, "detail": error.detail}
    return Response(
        body | {"errors": error.extra or []},
        status_code=error.status_code,
        media_type="application/problem+json",
    )


ROUTES = (
    live, listing, messages, clear, clear_from_page, fail_next, cancel_failures, one, html, source,
)  # fmt: skip
