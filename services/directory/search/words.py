"""Normalisation and splitting of words: without case, accents or punctuation, the same for indexed
text and for queries.

Done in Python because PostgreSQL's parser depends on the server's locale for what is a letter, has
no token for "C++" or "C#", and treats a run of Chinese text as one word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

MAX_WORD_LENGTH = 48  # longer words are truncated in index and query alike, so they still match
# Each word is searched separately and intersected with the others; only scripts send more words
# than this.
MAX_QUERY_WORDS = 8
TYPO_FROM = 4  # shorter words have too many neighbours
TYPO_IN_BEGINNINGS_FROM = 5
# sorts after every character in C order: [word, word + LAST) is the range of words that begin with
# it
LAST = "\U0010ffff"

# Letters that Unicode does not decompose, but that people type without their stroke.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
# Accents of Latin, Greek and Cyrillic, Hebrew points, Arabic vowels. Signs of Indic scripts count
# as letters and are kept.
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]+")
# Chinese and Japanese are written without spaces, and every character has a meaning: each is a
# word, and all of them must occur, which approximates a search for the whole.
_SINGLE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Thai, Lao, Myanmar and Khmer are also written without spaces, but in letters: only a dictionary
# knows where a word begins. So every letter may begin a word, and is indexed with the letters that
# follow.
_UNSPACED = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ebd\u0ec0-\u0ece\u0edc-\u0edf"
    "\u1000-\u103f\u1050-\u108f\u109a-\u109d\u1780-\u17d3\u17dc\u17dd"
)
SPAN = 16  # the number of letters indexed together; longer searches are split into pieces
_LETTER = f"(?:(?![{_SINGLE}{_UNSPACED}])[^\\W_]|[\u0900-\u0963\u0966-\u0dff])"
_WORD = re.compile(rf"[{_SINGLE}]|[{_UNSPACED}]+|{_LETTER}+(?:\+\+|\#)?")
_RUN = re.compile(f"[{_UNSPACED}]+")
_JOINED = re.compile(rf"{_LETTER}+(?:['’.&/-]{_LETTER}+)+")
_JOINT = re.compile("['’.&/-]")


def folded(text: str) -> str:
    """`text` without case and accents: "Žofia Großkreutz" becomes "zofia grosskreutz"."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    return unicodedata.normalize("NFC", _MARKS.sub("", apart)).casefold()


def tag_key(tag: str) -> str:
    """A comparison key for tags, without case, accents and spaces."""
    return " ".join(folded(tag).split())


def query_words(text: str) -> list[str]:
    """The words of a search, each once, in the order typed; at most MAX_QUERY_WORDS."""
    found: dict[str, None] = {}
    for word in _WORD.findall(folded(text)):
        found.update(
            dict.fromkeys(_pieces(word) if _RUN.match(word) else (word[:MAX_WORD_LENGTH],))
        )
    return list(found)[:MAX_QUERY_WORDS]


def _pieces(run: str) -> Iterator[str]:
    """Splits a run of letters without spaces into pieces of at most SPAN, without separating
    combining signs from their letters.
    """
    begin, begins = 0, _beginnings(run)
    while begin < len(run):
        following = [at for at in (*begins, len(run)) if at > begin]
        end = max((at for at in following if at <= begin + SPAN), default=following[0])
        yield run[begin : min(end, begin + SPAN)]
        begin = end


def _beginnings(run: str) -> list[int]:
    """Where a word can begin in a run without spaces: at every character that does not combine with
    the previous one.
    """
    return [at for at, char in enumerate(run) if at == 0 or unicodedata.category(char)[0] != "M"]


def words(texts: Iterable[str]) -> set[str]:
    """The words of indexed text: as for a search, plus compounds as one word ("co-founder" is also
    found as cofounder). In scripts without spaces: what begins at each letter.
    """
    found: set[str] = set()
    for text in map(folded, texts):
        for word in _WORD.findall(text):
            if _RUN.match(word):
                found.update(word[at : at + SPAN] for at in _beginnings(word))
            else:
                found.add(word[:MAX_WORD_LENGTH])
        found.update(_JOINT.sub("", joined)[:MAX_WORD_LENGTH] for joined in _JOINED.findall(text))
    return found


def may_be_mistyped(query_word: str) -> bool:
    """Whether one typing error in a word is tolerated: not in short words, and not in numbers."""
    return len(query_word) >= TYPO_FROM and not query_word.isdigit()


def neighbours(query_word: str) -> Iterator[tuple[str, str, bool]]:
    """LIKE patterns of every word (from five letters on, every word's beginning) that is one edit
    away from `query_word`: a letter wrong, missing or extra, or two transposed. Each comes with a
    string that bounds a range of an index: the pattern's fixed prefix or, if the flag is set (the
    first letter is uncertain), the rest of the word after its first letter.
    """
    rest = "%" if len(query_word) >= TYPO_IN_BEGINNINGS_FROM else ""
    yield query_word[1:], "_" + query_word[1:] + rest, True
    yield query_word, "_" + query_word + rest, True
    for at in range(len(query_word)):
        before, after = query_word[:at], query_word[at + 1 :]
        if before:
            yield before, before + "_" + after + rest, False
            yield before, before + "_" + query_word[at:] + rest, False
        yield before + after, before + after + rest, False
        if after:
            swapped = before + after[0] + query_word[at] + after[1:]
            yield swapped, swapped + rest, False
