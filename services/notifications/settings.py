"""Settings of notifications, read from the environment."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Annotated
from urllib.parse import urlsplit

import msgspec

from shared.settings import BadSettings, BrandName, Color, ServiceSettings

SmtpUrl = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^smtps?://[^/\s]+/?$",
        description="an address like smtps://user:password@host:465 or smtp://user:password@host:587",
    ),
]
SANDBOX_HOST = "mail-sandbox"
"""The name of the mail sandbox in docker-compose.yml."""
MAX_REMINDER_LEAD = 30 * 86_400


class NotificationsSettings(ServiceSettings, frozen=True, kw_only=True):
    """`smtp_url` is `smtp[s]://user:password@host:port`; without it mails are stored but not sent.
    `mail_from` is an address, or `name <address>`; `brand_name` stands for a missing name.
    `reminder_seconds` are the times before a session at which both parties are reminded.
    """

    smtp_url: SmtpUrl | None = None
    mail_from: str = "no-reply@localhost"
    brand_name: BrandName = "Consultant Connect"
    brand_color: Color = "#0f6b60"
    reminder_seconds: str = "86400,900"

    def __post_init__(self) -> None:
        """Raises BadSettings if the reminders are not a list of seconds, the sender is not an
        address, or mails of production would reach nobody.
        """
        parts = [part.strip() for part in self.reminder_seconds.split(",") if part.strip()]
        for part in parts:
            if not (part.isascii() and part.isdigit() and 0 < int(part) <= MAX_REMINDER_LEAD):
                raise BadSettings(
                    "REMINDER_SECONDS must be seconds separated by commas, like 86400,900"
                )
        user, at, domain = parseaddr(self.mail_from)[1].rpartition("@")
        if not (user and at and domain) or not self.mail_from.isprintable():
            raise BadSettings(
                "MAIL_FROM must be an address, or name and address, like "
                "My Market <hello@market.example>"
            )
        if self.environment == "production":
            self._ensure_mails_arrive(domain)

    def _ensure_mails_arrive(self, domain: str) -> None:
        """SMTP_URL may be empty, which stops all mail; the sandbox would seem to deliver it."""
        if self.smtp_url and urlsplit(self.smtp_url).hostname == SANDBOX_HOST:
            raise BadSettings(
                "SMTP_URL is the mail sandbox, which delivers nothing: "
                "with ENVIRONMENT=production it must be your mail server"
            )
        if self.smtp_url and domain.lower() == "localhost":
            raise BadSettings(
                "MAIL_FROM must be an address of your domain when ENVIRONMENT=production"
            )

    @property
    def reminders(self) -> tuple[int, ...]:
        """The times before a session at which reminders are due, the earliest first."""
        parts = {int(part) for part in self.reminder_seconds.split(",") if part.strip()}
        return tuple(sorted(parts, reverse=True))
