"""Directory's named errors."""

from shared.problems import Forbidden, NotFound


class NoSuchConsultant(NotFound):
    """Nobody by that id, no profile yet, or an account that was closed: a stranger cannot tell
    which.
    """

    detail = "There is no such consultant."


class AccountClosed(Forbidden):
    """The access token outlives its account by minutes; it must not bring the profile back."""

    detail = "This account is closed."
