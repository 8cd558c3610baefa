"""A domain is the same in its own script and in ASCII, in old and new accounts."""

import importlib
from typing import Any

import pytest
from sqlalchemy import text

UNICODE, ASCII = "ada@münchen.example", "ADA@xn--mnchen-3ya.example"


@pytest.mark.parametrize(("first", "second"), [(UNICODE, ASCII), (ASCII, UNICODE)])
async def test_both_spellings_are_one_account(identity: Any, first: str, second: str) -> None:
    await identity.session(first)
    assert (await identity.register(second)).json()["code"] == "email_taken"
    assert (await identity.log_in(second)).status_code == 200


@pytest.mark.parametrize("email", ["ada\u202e@example.org", "ada@exa\u200bmple.org"])
async def test_addresses_that_mislead_are_refused(identity: Any, email: str) -> None:
    answer = await identity.register(email)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == ["email"]


async def test_names_have_no_overrides_and_are_kept_composed(identity: Any) -> None:
    answer = await identity.register(first_name="A\u202eda", last_name="\u200b")
    assert {e["field"] for e in answer.json()["errors"]} == {"first_name", "last_name"}
    session = await identity.session(first_name=" Zoe\u0308 ")
    assert session["user"]["first_name"] == "Zoë"


async def test_letter_that_folding_replaces_makes_another_domain(identity: Any) -> None:
    """The owner of the one must not get the other's mails, nor stand in their way."""
    await identity.session("ada@straße.example")
    assert (await identity.log_in("ada@strasse.example")).status_code == 401
    assert (await identity.register("ada@strasse.example")).status_code == 201
    assert (await identity.register("ada@xn--strae-oqa.example")).json()["code"] == "email_taken"
    assert (await identity.log_in("Ada@STRAßE.example")).status_code == 200


async def test_old_accounts_are_found_by_their_domain_after_the_migration(
    identity: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    emails = ("ada@straße.example", UNICODE, "bob@example.org")
    for email in emails:
        await identity.session(email)
    old = "update users set email_key = replace(email_key, 'straße', 'strasse')"
    await identity.harness.sql(old)
    assert (await identity.log_in(emails[0])).status_code == 401
    await _upgrade(identity, monkeypatch, "0005_domains_that_folding_changes")
    for email in emails:
        assert (await identity.log_in(email)).status_code == 200


async def test_old_accounts_are_found_by_either_spelling_after_the_migration(
    identity: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await identity.session(UNICODE)
    async with identity.harness.database.transaction() as db:
        await db.execute(
            text("update users set email_key = 'ada@xn--mnchen-3ya.example', email = 'old'")
        )
    assert (await identity.log_in(ASCII)).status_code == 401
    await _upgrade(identity, monkeypatch, "0003_readable_domains")
    for email in (UNICODE, ASCII):
        assert (await identity.log_in(email)).status_code == 200


async def _upgrade(identity: Any, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    migration = importlib.import_module(f"services.identity.migrations.versions.{name}")

    def upgrade(connection: Any) -> None:
        monkeypatch.setattr(migration.op, "get_bind", lambda: connection)
        migration.upgrade()

    async with identity.harness.database.engine.connect() as connection:
        await connection.run_sync(upgrade)
