"""Headers of mails in any script."""

from __future__ import annotations

from email.header import Header
from email.headerregistry import BaseHeader, HeaderRegistry, UniqueUnstructuredHeader
from email.policy import SMTP, Policy

MAX_LINE_LENGTH = 78


class Subject(UniqueUnstructuredHeader, BaseHeader):  # type: ignore[misc]
    """A subject that keeps all spaces when it is folded: `email.policy` may put a space between two
    encoded words, where it is ignored (RFC 2047, section 6.2).
    """

    def fold(self, *, policy: Policy) -> str:
        """The header's lines, as `policy` ends them."""
        if self.isascii() or getattr(policy, "utf8", False):
            return super().fold(policy=policy)
        header = Header(str(self), "utf-8", MAX_LINE_LENGTH, header_name=self.name)
        return f"{self.name}: {header.encode(linesep=policy.linesep)}{policy.linesep}"


def _registry() -> HeaderRegistry:
    registry = HeaderRegistry()
    registry.map_to_type("subject", Subject)
    return registry


POLICY = SMTP.clone(header_factory=_registry())
