"""Errors of the booking API."""

from shared.problems import Problem


class InvalidTransition(Problem):
    """The booking's status, or the time, does not allow this. The detail states the status."""

    code = "invalid_transition"
    status = 409
    detail = "The booking's state does not allow this."


class SlotUnavailable(Problem):
    """The slot is booked by another seeker, is hidden (store/offered.py), or has begun."""

    code = "slot_unavailable"
    status = 409
    detail = "This time is taken, starts too soon, or is no longer offered."


class SeekerBusy(Problem):
    """The seeker has another live booking at that time."""

    code = "seeker_busy"
    status = 409
    detail = "You have another booking at that time."


class SlotOverlaps(Problem):
    """The consultant already offers a slot at that time."""

    code = "slot_overlaps"
    status = 409
    detail = "This overlaps a slot that you already offer."


class SlotBooked(Problem):
    """A booked slot cannot be withdrawn."""

    code = "slot_booked"
    status = 409
    detail = "This slot is booked."


class AlreadyRated(Problem):
    """A session can be rated once."""

    code = "already_rated"
    status = 409
    detail = "You have already rated this session."


class AlreadyReplied(Problem):
    """A rating can be replied to once."""

    code = "already_replied"
    status = 409
    detail = "You have already replied to this rating."


class ProposalOpen(Problem):
    """There is an open proposal already."""

    code = "proposal_open"
    status = 409
    detail = "Another time has already been proposed and has not been answered."


class NoProposal(Problem):
    """There is no open proposal."""

    code = "no_proposal"
    status = 409
    detail = "There is no proposal that you could answer or withdraw."


class TooManySlots(Problem):
    """The number of a consultant's free slots is limited."""

    code = "too_many_slots"
    status = 409
    detail = "There can be at most 2,000 future free slots, at most 366 days ahead."


class NoRules(Problem):
    """The consultant has no weekly rules."""

    code = "no_rules"
    status = 404
    detail = "You have no weekly rules."


class TooManyCalendars(Problem):
    """The number of a consultant's calendars is limited."""

    code = "too_many_calendars"
    status = 409
    detail = "There can be at most 10 calendars. Remove one that you no longer need."
