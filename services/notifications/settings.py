"""Settings of notifications, read from the environment."""

from __future__ import annotations

from typing import Annotated

import msgspec

from shared.settings import BadSettings, BrandName, ServiceSettings

SmtpUrl = Annotated[str, msgspec.Meta(pattern=r"^smtps?://[^/\s]+/?$")]
MAX_REMINDER_LEAD = 30 * 86_400


class NotificationsSettings(ServiceSettings, frozen=True, kw_only=True):
    """`smtp_url` is `smtp[s]://user:password@host:port`; without it mails are stored but not sent.
    `mail_from` is an address, or `name <address>`; `brand_name` stands for a missing name.
    `reminder_seconds` are the times before a session at which both parties are reminded.
    """

    smtp_url: SmtpUrl | None = None
    mail_from: str = "no-reply@localhost"
    brand_name: BrandName = "Consultant Connect"
    brand_color: Annotated[str, msgspec.Meta(pattern=r"^#[0-9a-fA-F]{6}$")] = "#0f6b60"
    reminder_seconds: str = "86400,900"

    def __post_init__(self) -> None:
        """Raises BadSettings if the reminders are not a list of seconds."""
        parts = [part.strip() for part in self.reminder_seconds.split(",") if part.strip()]
        for part in parts:
            if not (part.isascii() and part.isdigit() and 0 < int(part) <= MAX_REMINDER_LEAD):
                raise BadSettings(
                    "REMINDER_SECONDS must be seconds separated by commas, like 86400,900"
                )

    @property
    def reminders(self) -> tuple[int, ...]:
        """The times before a session at which reminders are due, the earliest first."""
        parts = {int(part) for part in self.reminder_seconds.split(",") if part.strip()}
        return tuple(sorted(parts, reverse=True))
