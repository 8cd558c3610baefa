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


async def test_old_accounts_are_found_by_either_spelling_after_the_migration(
    identity: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await identity.session(UNICODE)
    migration = importlib.import_module(
        "services.identity.migrations.versions.0003_readable_domains"
    )
    async with identity.harness.database.transaction() as db:
        await db.execute(
            text("update users set email_key = 'ada@xn--mnchen-3ya.example', email = 'old'")
        )
    assert (await identity.log_in(ASCII)).status_code == 401
    async with identity.harness.database.engine.connect() as connection:

        def upgrade(connection: Any) -> None:
            monkeypatch.setattr(migration.op, "get_bind", lambda: connection)
            migration.upgrade()

        await connection.run_sync(upgrade)
    for email in (UNICODE, ASCII):
        assert (await identity.log_in(email)).status_code == 200
