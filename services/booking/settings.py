"""Settings of booking. The terms of an existing booking are stored in its row and do not follow
changes here.
"""

from datetime import timedelta
from typing import Annotated

from msgspec import Meta

from services.booking.domain.call import IceSettings
from services.booking.domain.outcome import SessionTimes
from services.booking.domain.policy import BookingPolicy
from shared.settings import (
    BadSettings,
    BasisPoints,
    Natural,
    Positive,
    ServiceSettings,
    SlotSeconds,
    Switch,
)

MeetingUrl = Annotated[
    str,
    Meta(
        pattern=r"^$|^https?://[^/\s]+\S*\{room\}\S*$",
        description="an address with {room} in it, like https://meet.example/{room}",
    ),
]
StunUrls = Annotated[
    str,
    Meta(
        pattern=r"^\s*(stuns?:[^\s,/?]+\s*(,\s*|\Z))*\Z",
        description="addresses separated by commas, like stun:stun.example:3478",
    ),
]
TurnUrls = Annotated[
    str,
    Meta(
        pattern=r"^\s*(turns?:[^\s,/?]+(\?transport=(udp|tcp))?\s*(,\s*|\Z))*\Z",
        description="addresses separated by commas, like turn:turn.example:3478?transport=udp",
    ),
]


class BookingSettings(ServiceSettings, frozen=True, kw_only=True):
    """Durations are in seconds; commission and the fee of a late cancellation are in basis
    points.
    """

    free_period_seconds: Natural = 600
    commission_bps: BasisPoints = 1500
    respond_within_seconds: Positive = 172_800
    start_early_seconds: Natural = 900
    auto_end_after_seconds: Natural = 900
    payment_deadline_seconds: Positive = 86_400
    minimum_slot_seconds: SlotSeconds = 900
    cancel_free_seconds: Natural = 86_400
    late_cancel_bps: BasisPoints = 5_000
    # The address of sessions, with the placeholder `{room}`; if empty, the web app's own page.
    meeting_url_template: MeetingUrl = ""
    # Comma-separated addresses for WebRTC, and the secret shared with the TURN server.
    stun_urls: StunUrls = ""
    turn_urls: TurnUrls = ""
    turn_secret: str = ""
    # 1: calls use the relay only, so that neither party learns the other's address.
    call_relay_only: Switch = 0
    # 1: consultants' calendars may have addresses that are not public. For development only.
    calendar_allow_private: Switch = 0
    # Secrets that encrypt the addresses of consultants' calendars: several, comma-separated, newest
    # first, while one replaces another. By default the key is derived from DATABASE_URL.
    calendar_secret: str = ""

    def __post_init__(self) -> None:
        """Raises BadSettings if calls may only use a relay, and there is none."""
        if self.call_relay_only and not (_listed(self.turn_urls) and self.turn_secret):
            raise BadSettings("CALL_RELAY_ONLY=1 needs TURN_URLS and TURN_SECRET")

    @property
    def session_page(self) -> str:
        """The address of sessions, with a placeholder `{room}` or `{id}`."""
        return self.meeting_url_template or f"{self.public_url.rstrip('/')}/session/{{id}}"

    @property
    def ice(self) -> IceSettings:
        """The ICE servers of calls."""
        return IceSettings(_listed(self.stun_urls), _listed(self.turn_urls), self.turn_secret)

    @property
    def calendar_secrets(self) -> list[str]:
        """The secrets with which addresses of calendars are or were encrypted, newest first."""
        return _listed(self.calendar_secret) or [self.database_url]

    @property
    def shortest_slot(self) -> timedelta:
        """The minimum length of a slot."""
        return timedelta(seconds=self.minimum_slot_seconds)

    @property
    def session_times(self) -> SessionTimes:
        """The settings of session times."""
        return SessionTimes(
            timedelta(seconds=self.start_early_seconds),
            timedelta(seconds=self.auto_end_after_seconds),
        )

    @property
    def policy(self) -> BookingPolicy:
        """The settings that become part of a booking's terms."""
        return BookingPolicy(
            respond_within_seconds=self.respond_within_seconds,
            commission_bps=self.commission_bps,
            free_period_seconds=self.free_period_seconds,
            cancel_free_seconds=self.cancel_free_seconds,
            late_cancel_bps=self.late_cancel_bps,
            payment_deadline_seconds=self.payment_deadline_seconds,
        )


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
