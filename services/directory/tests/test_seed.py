"""The benchmark's bulk consultants are identical to what the service would have written."""

import shutil
import subprocess
from pathlib import Path

from deploy.local.postgres import binaries
from services.directory.search.postings import searchable
from services.directory.tests.conftest import assert_index_is_right, found, listed
from shared.ids import new_id
from shared.testing import Infrastructure, ServiceHarness

SEED = Path(__file__).resolve().parents[3] / "bench" / "seed.sql"
PEOPLE = [
    (
        "Ada",
        "Belgar",
        "Python and rust advisor",
        "With python for FPGA makers, honest advice. Gardening.",
        "python,rust",
        3,
        13,
    ),
    ("Omar", "Yorson", "Seo coach", "", "seo", 0, 0),
]


async def test_seeded_consultants_are_listed_found_and_indexed(
    directory: ServiceHarness, infrastructure: Infrastructure, tmp_path: Path
) -> None:
    ids = [new_id() for _ in PEOPLE]
    people, slots = [], []
    for id, (first, last, headline, bio, tags, count, total) in zip(ids, PEOPLE, strict=True):
        row = (
            id,
            f"{first}@seed.example.org",
            first,
            last,
            headline,
            bio,
            f"{{{tags}}}",
            "{en,de}",
            5000,
            "usd",
        )
        people.append("\t".join(map(str, (*row, count, total, "2026-01-01T00:00:00+00:00"))))
        for day in (20, 10):
            slots.append(f"{new_id()}\t{id}\t2099-01-{day}T09:00:00Z\t2099-01-{day}T09:30:00Z")
    (tmp_path / "consultants.tsv").write_text("\n".join(people) + "\n")
    (tmp_path / "slots.tsv").write_text("\n".join(slots) + "\n")
    psql = shutil.which("psql") or _embedded_psql()
    command = [psql, "-Xq", "-d", infrastructure.admin_url, "-f", str(SEED)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)  # noqa: ASYNC221
    assert done.returncode == 0, done.stderr

    await assert_index_is_right(directory)
    for row in await directory.sql("select * from consultant_profiles"):
        names = (row["first_name"], row["last_name"])
        expected = searchable(names, row["headline"], row["expertise_tags"], row["bio"])
        assert (row["strong_words"], row["weak_words"]) == expected
    assert await found(directory, "garden") == ["Python and rust advisor"]
    cards = await listed(directory, tag="seo")
    assert [card["next_available_at"] for card in cards] == ["2099-01-10T09:00:00Z"]
    (rated,) = await listed(directory, min_rating=4)
    assert (rated["average_rating"], rated["rating_count"]) == (4.33, 3)
    counts = "select (select count(*) from identity.users where id = any($1)),"
    counts += " (select count(*) from booking.users where id = any($1)),"
    counts += " (select count(*) from booking.consultant_prices where consultant_id = any($1)),"
    counts += " (select count(*) from booking.availability_slots where consultant_id = any($1))"
    assert tuple((await directory.sql(counts, ids))[0]) == (2, 2, 2, 4)


def _embedded_psql() -> str:
    return str(binaries() / "psql")
