import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.directory.search.words import (
    LONGEST,
    folded,
    may_be_mistyped,
    neighbours,
    terms,
    words,
)
from services.directory.tests.model import near


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Zoë's Résumé", ["zoe", "s", "resume"]),
        ("ÅNGSTRÖM Straße Łódź Søren", ["angstrom", "strasse", "lodz", "soren"]),
        ("C++ and C#, not C", ["c++", "and", "c#", "not", "c"]),
        ("<b>R&D</b> 100%_sure\\'; --", ["b", "r", "d", "100", "sure"]),
        ("会計と税務", ["会", "計", "と", "税", "務"]),
        ("مُحَاسَبَة", ["محاسبة"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("한국어 상담", ["한국어", "상담"]),
        ("go go GO", ["go"]),
        ("🚀 !!! :* | & ' \\", []),
        ("ﬁne Ｔｏｋｙｏ", ["fine", "tokyo"]),
    ],
)
def test_terms_are_words_without_case_accents_and_punctuation(text: str, found: list[str]) -> None:
    assert terms(text) == found


def test_compounds_are_indexed_in_parts_and_in_one() -> None:
    assert words(["Co-founder at O'Brien, Node.js, R&D"]) == {
        *(
            "co",
            "founder",
            "cofounder",
            "at",
            "o",
            "brien",
            "obrien",
            "node",
            "js",
            "nodejs",
            "r",
            "d",
            "rd",
        )
    }


def test_very_long_word_finds_itself() -> None:
    assert terms("x" * 300) == list(words(["x" * 300])) == ["x" * LONGEST]


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert terms(" ".join(terms(text))) == terms(text)
    assert set(terms(text)) <= words([text])
    assert not any(character in term for term in terms(text) for character in "%_\\' ")
    assert folded(text).strip() == "" or folded(text) is not None


def _like(pattern: str, word: str) -> bool:
    whole = not pattern.endswith("%")
    body = pattern.rstrip("%")
    fits = len(word) == len(body) if whole else len(word) >= len(body)
    return fits and all(p in ("_", w) for p, w in zip(body, word, strict=False))


@given(st.text("abc", min_size=4, max_size=7), st.text("abc", min_size=1, max_size=9))
def test_neighbours_are_exactly_the_words_one_error_away(term: str, word: str) -> None:
    fits = [p for p in neighbours(term) if _like(p[1], word)]
    meant = bool(fits) or word.startswith(term)
    assert meant == (near(term, word) or word.startswith(term))
    for bound, _, in_rest in fits:
        assert (word[1:] if in_rest else word).startswith(bound)


def test_short_words_and_numbers_are_taken_as_typed() -> None:
    assert [may_be_mistyped(t) for t in ("sql", "rust", "2024", "k8sx")] == [
        False,
        True,
        False,
        True,
    ]


def test_only_the_first_eight_words_of_a_search_count() -> None:
    typed = [f"word{number}" for number in range(66)]
    assert terms(" ".join(typed)) == typed[:8]


def test_errors_are_forgiven_in_words_with_a_digit_but_not_in_numbers() -> None:
    assert may_be_mistyped("postgres16")
    assert not may_be_mistyped("20261127")
