"""The search calls: terms over fields and metadata, joined by AND or by OR.

Unlike Stripe's, this index is always up to date.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from sandbox.stripe import paging
from sandbox.stripe.call import Call
from sandbox.stripe.errors import refused
from sandbox.stripe.rows import FACETS, Body

TERM = re.compile(
    r"""(?P<not>-)?
    (?:metadata\[(?:"(?P<key>[^"]+)"|'(?P<other_key>[^']+)')\]|(?P<field>[a-z_.0-9]+))
    \s*(?P<operator>:|~|>=|<=|>|<)\s*
    (?:"(?P<text>[^"]*)"|'(?P<other_text>[^']*)'|(?P<bare>-?\d{1,18}|null|true|false))""",
    re.VERBOSE,
)
JOINED = re.compile(r"\s+(AND|OR)\s+", re.IGNORECASE)
COMPARE: dict[str, Callable[[int, int], bool]] = {
    ">": lambda value, bound: value > bound,
    "<": lambda value, bound: value < bound,
    ">=": lambda value, bound: value >= bound,
    "<=": lambda value, bound: value <= bound,
}
NUMBERS = ("amount", "created")
MIN_SUBSTRING_LENGTH = 3
BATCH = 100


class Term(NamedTuple):
    """One condition; `path` leads to the value in the object."""

    path: tuple[str, ...]
    operator: str
    value: str | None
    negated: bool

    def matches(self, body: Body) -> bool:
        """Whether an object meets the condition."""
        return self._meets(_value(body, self.path)) is not self.negated

    def _meets(self, found: Any) -> bool:
        if self.value is None or found is None:
            return found is None and self.value is None
        if self.operator in COMPARE:
            return COMPARE[self.operator](int(found), int(self.value))
        shown = str(found).lower()
        wanted = self.value.lower()
        return wanted in shown if self.operator == "~" else wanted == shown

    def facet(self, kind: str) -> tuple[str, str] | None:
        """The row of the lists' index that finds the same, where there is one."""
        name = ".".join(self.path)
        indexed = self.path[0] == "metadata" or name in FACETS.get(kind, ())
        if self.operator != ":" or self.negated or self.value is None or not indexed:
            return None
        return name, self.value


def search(call: Call, kind: str, url: str, plain: tuple[str, ...]) -> Body:
    """What matches `query`, newest first; `plain` are the fields that may be named. Raises 400."""
    terms, every = _terms(call.params.get("query", ""), plain)
    limit = paging.limit_of(call.params)
    found: list[Body] = []
    for body in _candidates(call, kind, terms if every else []):
        meets = (term.matches(body) for term in terms)
        if all(meets) if every else any(meets):
            found.append(body)
            if len(found) > limit:
                break
    more = len(found) > limit
    return {
        "object": "search_result",
        "url": url,
        "has_more": more,
        "data": found[:limit],
        "next_page": found[limit - 1]["id"] if more else None,
    }


def _candidates(call: Call, kind: str, terms: list[Term]) -> Iterator[Body]:
    """A superset of what matches all `terms`, newest first, a page at a time."""
    filters = dict(facet for term in terms if (facet := term.facet(kind)) is not None)
    after = call.params.get("page")
    while True:
        params = {"limit": BATCH, **({"starting_after": after} if after else {})}
        page = paging.page(call.store, kind, params, "", filters)
        yield from page["data"]
        if not page["has_more"]:
            return
        after = page["data"][-1]["id"]


def _terms(query: str, plain: tuple[str, ...]) -> tuple[list[Term], bool]:
    """The terms, and whether all of them must hold or any."""
    pieces = JOINED.split(query.strip())
    joined = {word.upper() for word in pieces[1::2]}
    if len(joined) > 1:
        raise refused("AND and OR cannot be combined in one search query.", None, "query")
    return [_term(piece, query, plain) for piece in pieces[::2]], joined != {"OR"}


def _term(piece: str, query: str, plain: tuple[str, ...]) -> Term:
    match = TERM.fullmatch(piece)
    if match is None:
        raise _unparsed(query)
    key, field, operator = match["key"] or match["other_key"], match["field"], match["operator"]
    text = match["text"] if match["text"] is not None else match["other_text"]
    value = text if text is not None else match["bare"]
    numeric = field in NUMBERS
    if key is None and field not in plain:
        raise refused(f"Field `{field}` is an unsupported search field.", None, "query")
    if operator in COMPARE and not numeric:
        raise refused(f"Field `{field or key}` does not support `{operator}`.", None, "query")
    if numeric and (operator == "~" or not re.fullmatch(r"-?\d{1,18}", value)):
        raise _unparsed(query)
    if operator == "~" and len(value) < MIN_SUBSTRING_LENGTH:
        raise refused("A substring must have at least 3 characters.", None, "query")
    path = ("metadata", key) if key is not None else tuple(field.split("."))
    absent = text is None and value == "null"
    return Term(path, operator, None if absent else value, bool(match["not"]))


def _unparsed(query: str) -> Exception:
    return refused(f"We were unable to parse your search query: {query[:200]}", None, "query")


def _value(body: Body, path: tuple[str, ...]) -> Any:
    found: Any = body
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return str(found).lower() if isinstance(found, bool) else found
