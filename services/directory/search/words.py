"""Words as search sees them: without case, accents or punctuation, the same for what is indexed and
for what is asked.

In Python and not in PostgreSQL's parser: that one's idea of a letter depends on the server's
locale, it has no word for "C++" or "C#", and takes a run of Chinese for one word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

LONGEST = 48  # a longer "word" is no word; cut on both sides, it still finds itself
# Each word is looked for by itself and intersected with the others: nobody types more, but a script.
MOST_TERMS = 8
TYPO_FROM = 4  # shorter words have too many neighbours
TYPO_IN_BEGINNINGS_FROM = 5
# after every character in C order: [word, word + LAST) are the words that begin with it
LAST = "\U0010ffff"

# Letters that Unicode does not take apart, yet people type without their stroke.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
# Accents of Latin, Greek and Cyrillic, Hebrew points, Arabic vowels. Signs of Indian scripts are
# letters and stay.
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]+")
# Written without spaces, so every character is a word: all of them must occur, which is what a
# search for the whole means.
_SINGLE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_LETTER = f"(?:(?![{_SINGLE}])[^\\W_]|[\u0900-\u0963\u0966-\u0dff\u0e00-\u0e7f])"
_WORD = re.compile(rf"[{_SINGLE}]|{_LETTER}+(?:\+\+|\#)?")
_JOINED = re.compile(rf"{_LETTER}+(?:['’.&/-]{_LETTER}+)+")
_JOINT = re.compile("['’.&/-]")


def folded(text: str) -> str:
    """`text` without case and accents: "Žofia Großkreutz" is "zofia grosskreutz"."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    return unicodedata.normalize("NFC", _MARKS.sub("", apart)).casefold()


def terms(text: str) -> list[str]:
    """The words of a search, each once, in the order typed; the first MOST_TERMS of them."""
    typed = dict.fromkeys(word[:LONGEST] for word in _WORD.findall(folded(text)))
    return list(typed)[:MOST_TERMS]


def words(texts: Iterable[str]) -> set[str]:
    """The words of what is indexed: as for a search, and compounds in one word too ("co-founder" is
    found as cofounder).
    """
    found: set[str] = set()
    for text in map(folded, texts):
        found.update(word[:LONGEST] for word in _WORD.findall(text))
        found.update(_JOINT.sub("", joined)[:LONGEST] for joined in _JOINED.findall(text))
    return found


def may_be_mistyped(term: str) -> bool:
    """Whether one typing error in `term` is forgiven: not in short words, and not in numbers."""
    return len(term) >= TYPO_FROM and not term.isdigit()


def neighbours(term: str) -> Iterator[tuple[str, str, bool]]:
    """LIKE patterns of every word (from five letters on: every word's beginning) that is one error
    away from `term`: a letter wrong, missing, too many, or two swapped. Each with a string that
    bounds a range of an index: the pattern's fixed beginning or, when the flag is set (the first
    letter is in doubt), the rest of the word after its first letter.
    """
    rest = "%" if len(term) >= TYPO_IN_BEGINNINGS_FROM else ""
    yield term[1:], "_" + term[1:] + rest, True
    yield term, "_" + term + rest, True
    for at in range(len(term)):
        before, after = term[:at], term[at + 1 :]
        if before:
            yield before, before + "_" + after + rest, False
            yield before, before + "_" + term[at:] + rest, False
        yield before + after, before + after + rest, False
        if after:
            swapped = before + after[0] + term[at] + after[1:]
            yield swapped, swapped + rest, False
