"""Named errors of notifications."""

from __future__ import annotations

from shared.problems import Problem


class InvalidToken(Problem):
    """The token of a link is none, or not of this kind."""

    code = "invalid_token"
    status = 400
    detail = "The link is not valid."
