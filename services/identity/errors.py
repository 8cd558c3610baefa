"""Errors of the identity API."""

from collections.abc import Mapping

from shared.problems import Problem


class EmailTaken(Problem):
    """Another account has that address."""

    code = "email_taken"
    status = 409
    detail = "There is an account with this e-mail address already."


class InvalidCredentials(Problem):
    """One response for a wrong password, an unknown address and a deactivated account: it must not
    reveal which.
    """

    code = "invalid_credentials"
    status = 401
    detail = "The e-mail address or the password is wrong."
    headers: Mapping[str, str] = {"WWW-Authenticate": "Bearer"}


class WrongPassword(InvalidCredentials):
    """The same code for a signed-in user who must confirm their password."""

    detail = "The current password is wrong."


class InvalidToken(Problem):
    """One response for a token that is unknown, used, expired, or for another purpose."""

    code = "invalid_token"
    status = 400
    detail = "The link has expired or was used already. Ask for a new one."
