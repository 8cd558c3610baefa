"""One word of a search as SQL: which words of the lexicon it matches, how well a profile matches
it, and how common it is.

How well a word matches, from best to worst: 1 it is in name, headline or tags; 2 a word there
begins with it; 3 it is in the bio; 4 a word of the bio begins with it; 5 it is one typing error
away from a word, or a word's beginning, in name, headline or tags; 6 the same in the bio.
"""

# ruff: noqa: S608 - composed of constants; client input is passed only to Statement.bind

from __future__ import annotations

from services.directory.search.statement import Statement
from services.directory.search.words import LAST, may_be_mistyped, neighbours
from shared.db import Reader

EXACT, BEGINNING, EXACT_BIO, BEGINNING_BIO, MISTYPED, MISTYPED_BIO = range(1, 7)
_WORDS_BEGINNING = """
    select count(*) from (select from directory.lexicon where word >= $1 and word < $1 || $2
        limit $3) found
"""

_USES = """
    select (
        select count(*) from (
            select from directory.lexicon l join directory.postings i on i.word_id = l.id
            where l.word >= t.query_word and l.word < t.query_word || $2 limit $3
        ) found
    ) as uses
    from unnest($1::text[]) with ordinality t (query_word, at) order by t.at
"""


async def words_beginning(reader: Reader, query_word: str, at_most: int) -> int:
    """How many different words begin with `query_word`, counting up to `at_most`."""
    count: int = await reader.value(_WORDS_BEGINNING, query_word, LAST, at_most)
    return count


async def uses(reader: Reader, query_words: list[str], at_most: int) -> list[int]:
    """For each word, how many uses there are of it and of words that begin with it, counting up to
    `at_most`.
    """
    return [row["uses"] for row in await reader.rows(_USES, query_words, LAST, at_most)]


class QueryWord:
    """A word of a search within one statement; its parameters are bound as needed."""

    def __init__(self, sql: Statement, text: str) -> None:
        self.text = text
        self._sql = sql

    def _has_word(self) -> str:
        return self._sql.bind(f"% {self.text} %", "text")

    def _has_beginning(self) -> str:
        return self._sql.bind(f"% {self.text}%", "text")

    def exact(self) -> str:
        """The word itself, as (id, fit, fit_bio)."""
        query_word = self._sql.bind(self.text, "text")
        return f"""
            select l.id, {EXACT} as fit, {EXACT_BIO} as fit_bio
            from directory.lexicon l where l.word = {query_word}"""  # nosec B608

    def beginnings(self) -> str:
        """The word itself and those that begin with it, as (id, fit, fit_bio)."""
        query_word, last = self._sql.bind(self.text, "text"), self._sql.bind(LAST, "text")
        return f"""
            select l.id, case when l.word = {query_word} then {EXACT} else {BEGINNING} end as fit,
                case when l.word = {query_word} then {EXACT_BIO} else {BEGINNING_BIO} end as fit_bio
            from directory.lexicon l where l.word >= {query_word}
                and l.word < {query_word} || {last}"""  # nosec B608

    def mistyped(self) -> str:
        """The words that may have been meant, as (id, word). Only for a query_word for which
        `may_be_mistyped` is true.
        """
        last, bind = self._sql.bind(LAST, "text"), self._sql.bind
        meant = f"not starts_with(word, {bind(self.text, 'text')})"  # else it is no error
        near = set(neighbours(self.text))
        begun = sorted((bound, pattern) for bound, pattern, in_rest in near if not in_rest)
        rest = sorted((bound, pattern) for bound, pattern, in_rest in near if in_rest)
        return f"""
            select l.id, l.word
            from unnest({bind([b for b, _ in begun], "text[]")},
                {bind([p for _, p in begun], "text[]")}) n (bound, pattern)
            cross join lateral (
                select id, word from directory.lexicon
                where word >= n.bound and word < n.bound || {last} and word like n.pattern
                    and {meant}
            ) l
            union
            select l.id, l.word
            from unnest({bind([b for b, _ in rest], "text[]")},
                {bind([p for _, p in rest], "text[]")}) n (bound, pattern)
            cross join lateral (
                select id, word from directory.lexicon
                where substr(word, 2) >= n.bound and substr(word, 2) < n.bound || {last}
                    and word like n.pattern and {meant}
            ) l"""  # nosec B608

    def is_used(self) -> str:
        """Whether any listed consultant uses the word, or one that begins with it."""
        return f"""exists (
            select from ({self.beginnings()}) l join directory.postings i on i.word_id = l.id
        )"""  # nosec B608

    def fits_not_better_than(self, fit: int) -> list[str]:
        """Conditions that profile `p` does not match better than `fit`."""
        if fit == EXACT:
            return []
        if fit == BEGINNING:
            return [f"p.strong_words not like {self._has_word()}"]
        found = [f"p.strong_words not like {self._has_beginning()}"]
        if fit == BEGINNING_BIO:
            found.append(f"p.weak_words not like {self._has_word()}")
        if fit >= MISTYPED:
            found.append(f"p.weak_words not like {self._has_beginning()}")
        if fit == MISTYPED_BIO:
            guesses = f"select '% ' || m.word || ' %' from ({self.mistyped()}) m"  # nosec B608
            found.append(f"not p.strong_words like any (array({guesses}))")
        return found

    def fit(self, *, guessing: bool) -> str:
        """How well profile `p` matches the word; null if it does not. `guessing` is whether the
        word may have been mistyped.
        """
        exact, beginning = self._has_word(), self._has_beginning()
        guesses = ""
        if guessing and may_be_mistyped(self.text):
            words = f"array(select '% ' || m.word || ' %' from ({self.mistyped()}) m)"  # nosec B608
            guesses = f"""
                when p.strong_words like any ({words}) then {MISTYPED}
                when p.weak_words like any ({words}) then {MISTYPED_BIO}"""
        return f"""case
            when p.strong_words like {exact} then {EXACT} when p.strong_words like {beginning}
                then {BEGINNING}
            when p.weak_words like {exact} then {EXACT_BIO} when p.weak_words like {beginning}
                then {BEGINNING_BIO}
            {guesses} end"""
