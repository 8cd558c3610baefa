"""The internal endpoints for the public pages."""

from sqlalchemy import text

from services.directory.tests.conftest import publish
from shared.testing import ServiceHarness


async def test_all_with_a_public_page_are_listed_in_pages(directory: ServiceHarness) -> None:
    people = sorted([(await publish(directory, f"N{n}")).id for n in range(5)])
    seen: list[str] = []
    after = None
    while True:
        params = {"limit": 2, **({"after": after} if after else {})}
        rows = (await directory.get("/internal/consultants", params=params)).json()
        if not rows:
            break
        seen += [row["consultant_id"] for row in rows]
        assert all(row["updated_at"].endswith("Z") for row in rows)
        after = seen[-1]
    assert seen == [str(person) for person in people]
    starts = await directory.get("/internal/consultants/starts", params={"every": 2})
    assert starts.json() == [str(people[n]) for n in (0, 2, 4)]


async def test_a_closed_page_is_gone_and_an_unknown_one_never_was(
    directory: ServiceHarness,
) -> None:
    person = await publish(directory)
    path = f"/internal/consultants/{person.id}/gone"
    assert (await directory.get(path)).json() == {"gone": False}
    async with directory.database.transaction() as db:
        await db.execute(text("update directory.consultant_profiles set is_active = false"))
    assert (await directory.get(path)).json() == {"gone": True}
    unknown = "/internal/consultants/019a4a5e-2c00-7c31-9d5e-3f1a2b4c5d6e/gone"
    assert (await directory.get(unknown)).json() == {"gone": False}
    assert (await directory.get("/internal/consultants")).json() == []
