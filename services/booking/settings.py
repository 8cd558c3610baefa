"""What an operator can set for booking. Money and time rules that a booking was made under are kept
on its row, not here.
"""

from shared.settings import BasisPoints, Natural, Positive, ServiceSettings


class BookingSettings(ServiceSettings, frozen=True, kw_only=True):
    """All in seconds, but for the platform's commission in basis points."""

    free_period_seconds: Natural = 600
    commission_bps: BasisPoints = 1500
    respond_within_seconds: Positive = 172_800
    start_early_seconds: Natural = 900
    auto_end_after_seconds: Natural = 900
    payment_deadline_seconds: Positive = 86_400
    minimum_slot_seconds: Positive = 900
