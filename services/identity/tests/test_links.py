"""Rules for all links in mails: one purpose, one use, an open account."""

from typing import Any

from services.identity.tests.links import (
    change_email,
    close_account,
    invalid,
    last,
    reset,
    reset_token,
    verify,
)
from shared.events import (
    EmailChangeRequested,
    EmailVerificationRequested,
)


async def test_tokens_of_one_kind_are_no_good_for_another(identity: Any) -> None:
    await identity.session()
    verification = (await last(identity, EmailVerificationRequested)).token
    assert invalid(await reset(identity, verification))
    assert invalid(await verify(identity, await reset_token(identity)))


async def test_links_of_a_closed_account_are_void(identity: Any) -> None:
    await identity.session()
    unverified = (await last(identity, EmailVerificationRequested)).token
    forgotten = await reset_token(identity)
    await close_account(identity, "ada@example.org")
    assert invalid(await reset(identity, forgotten))
    assert invalid(await verify(identity, unverified))


async def test_a_link_to_a_new_address_is_void_once_the_account_is_closed(identity: Any) -> None:
    session = await identity.session()
    await change_email(identity, session, "new@example.org")
    token = (await last(identity, EmailChangeRequested)).token
    await close_account(identity, "ada@example.org")
    assert invalid(await verify(identity, token))
    (row,) = await identity.harness.sql("select email from users")
    assert row["email"] == "ada@example.org"


async def test_tokens_are_stored_as_hashes_only(identity: Any) -> None:
    await identity.session()
    token = await reset_token(identity)
    rows = await identity.harness.sql("select t::text as text from email_tokens t")
    assert rows
    assert not any(token in row["text"] for row in rows)
