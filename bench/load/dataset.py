"""The directory's consultants: number i is the same person whatever the target, and in every
run.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any
from uuid import UUID

_WORDS = tomllib.loads(Path(__file__).with_name("words.toml").read_text())
FIRST_NAMES: list[str] = _WORDS["first_names"].split()
LAST_NAMES = ["".join(parts).capitalize() for parts in product(
    ["an", "bel", "car", "dor", "els", "fen", "gar", "hol", "ist", "jor", "kas", "lin"],
    ["mor", "nel", "ost", "per", "quin", "ros", "sten", "tor"],
    ("", "son", "berg", "ley", "ard"),
)]  # fmt: skip
TOPICS: list[str] = _WORDS["topics"].split()
WEIGHTS = [1 / (rank + 20) for rank in range(len(TOPICS))]  # a few are common, most are not
ROLES: list[str] = _WORDS["roles"].split()
PROSE: list[str] = _WORDS["prose"].split()
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
COLUMNS = (
    "id", "email", "first_name", "last_name", "headline", "bio", "expertise_tags", "languages",
    "hourly_rate", "currency", "rating_count", "rating_sum", "created_at",
)  # fmt: skip


def _id_at(at: datetime, random_bits: random.Random) -> str:
    milliseconds = int(at.timestamp() * 1000)
    value = milliseconds << 80 | 7 << 76 | random_bits.getrandbits(12) << 64
    return str(UUID(int=value | 2 << 62 | random_bits.getrandbits(62)))


def consultant(number: int) -> dict[str, Any]:
    """Consultant `number`, with profile and ratings."""
    chance = random.Random(number)
    created = BEGAN + timedelta(seconds=number)
    topics = list(dict.fromkeys(chance.choices(TOPICS, WEIGHTS, k=5)))
    scores = chance.choices((3, 4, 5), (1, 2, 3), k=chance.choice((0, 0, 1, 2, 5, 12, 40)))
    words = chance.choices(PROSE, k=45) + chance.choices(TOPICS, k=6)
    return {
        "id": _id_at(created, chance),
        "email": f"consultant-{number}@seed.example.org",
        "first_name": chance.choice(FIRST_NAMES),
        "last_name": chance.choice(LAST_NAMES),
        "headline": f"{topics[0].capitalize()} {chance.choice(ROLES)}",
        "bio": " ".join(words).capitalize() + ".",
        "expertise_tags": topics,
        "languages": chance.sample(["ar", "de", "en", "es", "fr", "hi", "ja", "pt"], 2),
        "hourly_rate": chance.randrange(2_000, 60_000, 100),
        "currency": "usd",
        "rating_count": len(scores),
        "rating_sum": sum(scores),
        "created_at": created.isoformat(),
    }


def slots(number: int) -> Iterator[tuple[str, str, str]]:
    """Free half hours from the day after tomorrow: twenty for the first thousand people, then
    two.
    """
    chance = random.Random(-1 - number)
    day = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=2)
    for which in range(20 if number < 1000 else 2):
        start = day + timedelta(days=which // 5, hours=which % 5)
        end = start + timedelta(minutes=30)
        yield _id_at(start, chance), start.isoformat(), end.isoformat()


def searches() -> list[str]:
    """Search terms: topics, names, prefixes, and two words."""
    beginnings = [topic[:5] for topic in TOPICS[::7]]
    pairs = [f"{first} {second}" for first, second in zip(TOPICS[::9], TOPICS[4::9], strict=False)]
    return (
        TOPICS + LAST_NAMES[::8] + [name.lower() for name in FIRST_NAMES[::4]] + beginnings + pairs
    )


def write_tables(folder: Path, first: int, end: int) -> None:
    """consultants.tsv (COLUMNS) and slots.tsv (id, consultant_id, start_time, end_time), for
    COPY.
    """
    with (
        (folder / "consultants.tsv").open("w") as people,
        (folder / "slots.tsv").open("w") as times,
    ):
        for number in range(first, end):
            who = consultant(number)
            values = [who[name] for name in COLUMNS]
            cells = ["{" + ",".join(v) + "}" if isinstance(v, list) else str(v) for v in values]
            people.write("\t".join(cells) + "\n")
            for slot, start, stop in slots(number):
                times.write(f"{slot}\t{who['id']}\t{start}\t{stop}\n")
