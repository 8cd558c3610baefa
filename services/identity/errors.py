"""What can go wrong here, by name."""

from collections.abc import Mapping
from typing import ClassVar

from shared.problems import Problem


class EmailTaken(Problem):
    code: ClassVar[str] = "email_taken"
    status: ClassVar[int] = 409
    detail = "There is an account with this e-mail address already."


class InvalidCredentials(Problem):
    """One answer for a wrong password, an unknown address and a closed account: it must not tell
    which.
    """

    code: ClassVar[str] = "invalid_credentials"
    status: ClassVar[int] = 401
    detail = "The e-mail address or the password is wrong."
    headers: Mapping[str, str] = {"WWW-Authenticate": "Bearer"}


class WrongPassword(InvalidCredentials):
    """The same code for somebody who is signed in and changes their password."""

    detail = "The current password is wrong."
