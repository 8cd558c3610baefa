"""Errors of the directory API."""

from shared.problems import NotFound, Problem


class NoSuchConsultant(NotFound):
    """Unknown id, no profile yet, or a closed account: clients cannot tell which."""

    detail = "There is no such consultant."


class NotAnImage(Problem):
    """The uploaded photo cannot be decoded as a picture."""

    code = "not_an_image"
    status = 400
    detail = "This is not a JPEG, PNG or WebP picture."
