import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.directory.search.words import (
    MAX_WORD_LENGTH,
    SPAN,
    folded,
    may_be_mistyped,
    neighbours,
    query_words,
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
    assert query_words(text) == found


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("ที่ปรึกษาการเงิน", "การเงิน"),
        ("ที่ปรึกษาการเงิน", "ปรึกษา"),
        ("ທີ່ປຶກສາການເງິນ", "ການເງິນ"),
        ("ဘဏ္ဍာရေးအကြံပေး", "အကြံပေး"),
        ("ទីប្រឹក្សាហិរញ្ញវត្ថុ", "ហិរញ្ញវត្ថុ"),
        ("ผู้เชี่ยวชาญด้านกฎหมายแรงงานและภาษีอากร", "ด้านกฎหมายแรงงานและภาษีอากร"),
    ],
    ids=["thai end", "thai middle", "lao", "myanmar", "khmer", "longer than a piece"],
)
def test_words_within_a_run_without_spaces_are_indexed(text: str, query: str) -> None:
    indexed = words([text])
    typed = query_words(query)
    assert typed
    assert all(any(one.startswith(word) for one in indexed) for word in typed)
    assert all(len(word) <= SPAN for word in (*indexed, *typed))


@given(st.text("กขคเแาิ์", min_size=1, max_size=60), st.data())
def test_every_part_of_a_thai_text_is_found_in_it(text: str, data: st.DataObject) -> None:
    starts = [at for at, char in enumerate(text) if at == 0 or char not in "ิ์"]
    begin = data.draw(st.sampled_from(starts))
    end = data.draw(st.integers(begin + 1, len(text)))
    indexed = words([text])
    for word in query_words(text[begin:end]):
        assert any(one.startswith(word) for one in indexed)


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
    assert query_words("x" * 300) == list(words(["x" * 300])) == ["x" * MAX_WORD_LENGTH]


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert query_words(" ".join(query_words(text))) == query_words(text)
    indexed = words([text])
    for word in query_words(text):
        assert any(one.startswith(word) for one in indexed)
    assert not any(
        character in query_word for query_word in query_words(text) for character in "%_\\' "
    )
    assert folded(text).strip() == "" or folded(text) is not None


def _like(pattern: str, word: str) -> bool:
    whole = not pattern.endswith("%")
    body = pattern.rstrip("%")
    fits = len(word) == len(body) if whole else len(word) >= len(body)
    return fits and all(p in ("_", w) for p, w in zip(body, word, strict=False))


@given(st.text("abc", min_size=4, max_size=7), st.text("abc", min_size=1, max_size=9))
def test_neighbours_are_exactly_the_words_one_error_away(query_word: str, word: str) -> None:
    fits = [p for p in neighbours(query_word) if _like(p[1], word)]
    meant = bool(fits) or word.startswith(query_word)
    assert meant == (near(query_word, word) or word.startswith(query_word))
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
    assert query_words(" ".join(typed)) == typed[:8]


def test_errors_are_tolerated_in_words_with_a_digit_but_not_in_numbers() -> None:
    assert may_be_mistyped("postgres16")
    assert not may_be_mistyped("20261127")
