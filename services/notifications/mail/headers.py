"""Headers of mails in any script.

The standard library decodes what looks like an encoded word (RFC 2047) in a new header's value, and
folds what it has decoded: the name `=?utf-8?q?=0D=0ABcc:_v?=` would be a header of its own. Headers
with texts of users are therefore never parsed.
"""

from __future__ import annotations

from email.header import Header
from email.headerregistry import BaseHeader, HeaderRegistry
from email.policy import SMTP, Policy
from typing import Any

MAX_LINE_LENGTH = 78


class _Verbatim(BaseHeader):
    """A header with exactly the text that it is set to."""

    max_count = 1

    @classmethod
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:
        """Called by BaseHeader."""
        kwds["decoded"], kwds["parse_tree"] = str(value), None


class Subject(_Verbatim):
    """A subject: what is not plain text is encoded, and all spaces are kept."""

    def fold(self, *, policy: Policy) -> str:
        """The header's lines, as `policy` ends them."""
        plain = self.isascii() and "=?" not in self
        charset = "us-ascii" if plain else "utf-8"
        header = Header(str(self), charset, MAX_LINE_LENGTH, header_name=self.name)
        return f"{self.name}: {header.encode(linesep=policy.linesep)}{policy.linesep}"


class Recipient(_Verbatim):
    """A valid address. Letters outside ASCII before the @ need a `policy` with `utf8`, as a mail to
    them needs a server with SMTPUTF8.
    """

    def fold(self, *, policy: Policy) -> str:
        """The header's line, as `policy` ends it."""
        return f"{self.name}: {self}{policy.linesep}"


def _registry() -> HeaderRegistry:
    registry = HeaderRegistry()
    registry.map_to_type("subject", Subject)
    registry.map_to_type("to", Recipient)
    return registry


POLICY = SMTP.clone(header_factory=_registry())
