"""The inverted index: for every word, the consultants who use it, in display order. Written in the
transaction that changes a profile.

A posting is (word, rank, consultant). Read backwards, the primary key yields a word's best
consultants, so the first page of a search costs the same whether ten or ten thousand match.
Measured at 100,000 consultants: 0.1 ms for a word that 6,000 use, where a GIN index over tsvectors
reads and ranks all 6,000 in 9 ms.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import text

from services.directory.domain.model import Consultant
from services.directory.search.words import words
from shared.db import Transaction

STRONG = 10_000  # added to the quality where the word is in name, headline or tags

Entry = tuple[str, int]


def searchable(
    names: Iterable[str], headline: str | None, tags: Iterable[str], bio: str | None
) -> tuple[str, str]:
    """The columns strong_words and weak_words of a profile: each word once, between spaces, so that
    LIKE '% word%' finds a beginning.
    """
    strong = words([*names, headline or "", *tags])
    return _spaced(strong), _spaced(words([bio or ""]) - strong)


def _spaced(found: Iterable[str]) -> str:
    return " " + "".join(f"{word} " for word in sorted(found))


def _entries(consultant: Consultant) -> set[Entry]:
    if not consultant.is_listed:
        return set()
    strong = {(word, STRONG + consultant.quality) for word in consultant.strong_words.split()}
    return strong | {(word, consultant.quality) for word in consultant.weak_words.split()}


# Sorted, so that two transactions with the same new words cannot deadlock.
_LEARN = text(
    "insert into directory.lexicon (word) select unnest(cast(:words as text[]))"
    " on conflict do nothing"
)
_ADD = text("""
    insert into directory.postings (word_id, rank, no)
    select l.id, e.rank, :no
    from unnest(cast(:words as text[]), cast(:ranks as smallint[])) e (word, rank)
    join directory.lexicon l on l.word = e.word
    on conflict do nothing
""")
_DROP = text("""
    delete from directory.postings p
    using unnest(cast(:words as text[]), cast(:ranks as smallint[])) e (word, rank)
    join directory.lexicon l on l.word = e.word
    where p.word_id = l.id and p.rank = e.rank and p.no = :no
""")


async def reindex(db: Transaction, before: Consultant, after: Consultant) -> None:
    """Updates the postings of one consultant from `before` to `after`; writes only the differences.
    The caller holds the row's lock.
    """
    old, new = _entries(before), _entries(after)
    if gone := sorted(old - new):
        await db.execute(_DROP, _arguments(gone, after.no))
    if fresh := sorted(new - old):
        if unseen := sorted({word for word, _ in fresh} - {word for word, _ in old}):
            await db.execute(_LEARN, {"words": unseen})
        await db.execute(_ADD, _arguments(fresh, after.no))


def _arguments(entries: list[Entry], no: int) -> dict[str, object]:
    return {
        "words": [word for word, _ in entries],
        "ranks": [rank for _, rank in entries],
        "no": no,
    }
