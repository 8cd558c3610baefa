"""What identity knows about the fields that people fill in. Pure."""

from shared.text import LONGEST_EMAIL, LONGEST_LOCAL, email_key, is_email, is_time_zone

LONGEST_NAME = 100

__all__ = [
    "LONGEST_EMAIL",
    "LONGEST_LOCAL",
    "LONGEST_NAME",
    "email_key",
    "is_email",
    "is_time_zone",
]
