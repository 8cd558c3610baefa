"""Named errors of notifications."""

from __future__ import annotations

from shared.problems import Problem


class InvalidToken(Problem):
    """The link's token is invalid, or of another kind."""

    code = "invalid_token"
    status = 400
    detail = "The link is not valid."
