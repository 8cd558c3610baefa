"""What can stand in the way of a booking, by name."""

from shared.problems import Problem


class InvalidTransition(Problem):
    """The booking is in a state, or at an hour, in which this cannot be done. The detail says
    which.
    """

    code = "invalid_transition"
    status = 409
    detail = "The booking's state does not allow this."


class SlotUnavailable(Problem):
    """The slot is booked by another seeker, or has begun."""

    code = "slot_unavailable"
    status = 409
    detail = "This time is taken or has already begun."


class SeekerBusy(Problem):
    """The seeker has another live booking at that time."""

    code = "seeker_busy"
    status = 409
    detail = "You have another booking at that time."


class SlotOverlaps(Problem):
    """The consultant offers that time already."""

    code = "slot_overlaps"
    status = 409
    detail = "This overlaps a slot that you already offer."


class SlotBooked(Problem):
    """A booked slot cannot be withdrawn."""

    code = "slot_booked"
    status = 409
    detail = "Somebody has booked this slot."


class AlreadyRated(Problem):
    """A session is rated once."""

    code = "already_rated"
    status = 409
    detail = "You have already rated this session."


class AlreadyReplied(Problem):
    """A rating is replied to once."""

    code = "already_replied"
    status = 409
    detail = "You have already replied to this rating."


class ProposalOpen(Problem):
    """Another time is proposed already."""

    code = "proposal_open"
    status = 409
    detail = "Another time has been proposed already, and waits for an answer."


class NoProposal(Problem):
    """No other time is proposed."""

    code = "no_proposal"
    status = 409
    detail = "There is no proposal of another time that you could answer or take back."


class TooManySlots(Problem):
    """There is a bound to the free slots of a consultant."""

    code = "too_many_slots"
    status = 409
    detail = "There can be at most 2,000 future free slots, at most 366 days ahead."


class NoRules(Problem):
    """The consultant has no weekly rules."""

    code = "no_rules"
    status = 404
    detail = "You have no weekly rules."


class TooManyCalendars(Problem):
    """There is a bound to the calendars of a consultant."""

    code = "too_many_calendars"
    status = 409
    detail = "There can be at most 10 calendars. Remove one that you no longer need."
