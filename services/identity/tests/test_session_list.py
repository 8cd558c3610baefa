"""A user's sessions: listing and ending them, and notifications of new devices."""

from typing import Any
from uuid import uuid4

from services.identity.tests.links import last
from services.identity.tests.signing_in import refused
from shared.events import (
    NewDeviceUsed,
    SessionsRevoked,
)


async def test_my_sessions_are_listed_and_ended_one_by_one(identity: Any) -> None:
    session = await identity.session()
    phone = {"user-agent": "Telephone/1.0"}
    other = (await identity.log_in(headers=phone)).json()
    listed = (await identity.call("GET", "/users/me/sessions", session)).json()
    assert listed["next_cursor"] is None
    assert [(one["current"], one["user_agent"] == "Telephone/1.0") for one in listed["items"]] == [
        (False, True),
        (True, False),
    ]
    assert set(listed["items"][0]) == {"id", "current", "created_at", "last_used_at", "user_agent"}
    path = f"/users/me/sessions/{listed['items'][0]['id']}"
    assert (await identity.call("DELETE", path, session)).status_code == 204
    assert refused(await identity.refresh(other["refresh_token"]))
    assert refused(await identity.me(other))
    assert (await identity.call("DELETE", path, session)).status_code == 404
    assert (await last(identity, SessionsRevoked)).session_ids == [listed["items"][0]["id"]]
    assert (await identity.me(session)).status_code == 200


async def test_somebody_elses_session_is_not_found(identity: Any) -> None:
    session = await identity.session()
    stranger = await identity.session("eve@example.org")
    (mine,) = (await identity.call("GET", "/users/me/sessions", session)).json()["items"]
    for wanted in (mine["id"], str(uuid4())):
        answer = await identity.call("DELETE", f"/users/me/sessions/{wanted}", stranger)
        assert answer.status_code == 404
    assert (await identity.me(session)).status_code == 200


async def test_expired_session_is_not_found(identity: Any) -> None:
    session = await identity.session()
    (old,) = (await identity.call("GET", "/users/me/sessions", session)).json()["items"]
    await identity.harness.sql("update refresh_families set expires_at = now() - interval '1 hour'")
    session = (await identity.log_in()).json()
    listed = (await identity.call("GET", "/users/me/sessions", session)).json()["items"]
    assert [one["current"] for one in listed] == [True]
    answer = await identity.call("DELETE", f"/users/me/sessions/{old['id']}", session)
    assert answer.status_code == 404


async def test_sessions_come_in_pages(identity: Any) -> None:
    session = await identity.session()
    for _ in range(4):
        await identity.log_in()
    seen: list[str] = []
    cursor: str | None = None
    while True:
        parameters = {"limit": "2", **({"cursor": cursor} if cursor else {})}
        answer = await identity.call("GET", "/users/me/sessions", session, params=parameters)
        seen += [one["id"] for one in answer.json()["items"]]
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 5
    assert seen == sorted(seen, reverse=True)


async def test_sign_in_from_an_unknown_device_is_announced_once(identity: Any) -> None:
    browser, phone = {"user-agent": "Browser/1.0"}, {"user-agent": "Telephone/1.0"}
    await identity.session(headers=browser)
    await identity.log_in(headers=browser)
    assert not await identity.harness.emitted(NewDeviceUsed)
    await identity.log_in(headers=phone)
    await identity.log_in(headers=phone)
    (emitted,) = await identity.harness.emitted(NewDeviceUsed)
    assert emitted.user_agent == "Telephone/1.0"
