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
    code = "slot_unavailable"
    status = 409
    detail = "This time is taken or has already begun."


class SeekerBusy(Problem):
    code = "seeker_busy"
    status = 409
    detail = "You have another booking at that time."


class SlotOverlaps(Problem):
    code = "slot_overlaps"
    status = 409
    detail = "This overlaps a slot that you already offer."


class SlotBooked(Problem):
    code = "slot_booked"
    status = 409
    detail = "Somebody has booked this slot."


class AlreadyRated(Problem):
    code = "already_rated"
    status = 409
    detail = "You have already rated this session."


class AlreadyReplied(Problem):
    code = "already_replied"
    status = 409
    detail = "You have already replied to this rating."


class ProposalOpen(Problem):
    code = "proposal_open"
    status = 409
    detail = "Another time has been proposed already, and waits for an answer."


class NoProposal(Problem):
    code = "no_proposal"
    status = 409
    detail = "There is no proposal of another time that you could answer or take back."


class TooManySlots(Problem):
    code = "too_many_slots"
    status = 409
    detail = "There can be at most 2,000 future free slots, at most 366 days ahead."


class NoRules(Problem):
    code = "no_rules"
    status = 404
    detail = "You have no weekly rules."
