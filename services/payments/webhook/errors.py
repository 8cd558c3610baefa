"""Why an event cannot be handled now."""

from __future__ import annotations


class NotYet(Exception):
    """The event is about something that is not known here yet, or is being processed: it is retried
    later.
    """


class NotOurs(NotYet):
    """The event is about an unknown booking. If it stays unknown, another program that uses the
    same Stripe account created the object.
    """
