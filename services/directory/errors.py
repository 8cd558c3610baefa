"""Directory's named errors."""

from typing import ClassVar

from shared.problems import Forbidden, NotFound, Problem


class NoSuchConsultant(NotFound):
    """Nobody by that id, no profile yet, or an account that was closed: a stranger cannot tell
    which.
    """

    detail = "There is no such consultant."


class NotAnImage(Problem):
    """What was sent as a photo is no picture that can be shown."""

    code: ClassVar[str] = "not_an_image"
    status: ClassVar[int] = 400
    detail = "This is not a JPEG, PNG or WebP picture."


class AccountClosed(Forbidden):
    """The access token outlives its account by minutes; it must not bring the profile back."""

    detail = "This account is closed."
