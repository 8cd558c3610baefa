"""The search calls, as far as reconciliation needs them: equality of fields and of metadata, joined
by AND.
"""

import re

from sandbox.stripe import paging
from sandbox.stripe.call import Call
from sandbox.stripe.errors import refused
from sandbox.stripe.rows import Body

TERM = re.compile(r"""(\w+|metadata\[(?:"([^"]+)"|'([^']+)')\])\s*:\s*(?:"([^"]*)"|'([^']*)')""")


def search(call: Call, kind: str, url: str, plain: tuple[str, ...]) -> Body:
    """What matches `query`, newest first. Unlike Stripe's, this index is never behind. Raises
    400.
    """
    filters = _filters(call.params.get("query", ""), plain)
    limit = paging.limit_of(call.params)
    start = call.params.get("page")
    found = paging.page(
        call.store,
        kind,
        {"limit": limit, **({"starting_after": start} if start else {})},
        url,
        filters,
    )
    last = found["data"][-1]["id"] if found["has_more"] else None

    return {
        "object": "search_result",
        "url": url,
        "has_more": found["has_more"],
        "data": found["data"],
        "next_page": last,
    }


def _filters(query: str, plain: tuple[str, ...]) -> Body:
    filters: Body = {}
    for part in re.split(r"\s+AND\s+", query.strip(), flags=re.IGNORECASE):
        match = TERM.fullmatch(part)
        name = match[2] or match[3] if match else None
        if match is None or (name is None and match[1] not in plain):
            raise refused(
                f"We were unable to parse your search query: {query[:200]}", None, "query"
            )
        value = match[4] if match[4] is not None else match[5]
        filters[f"metadata.{name}" if name else match[1]] = value
    return filters
