"""The error of a calendar that cannot be read, with a message for the consultant."""


class UnreadableCalendar(Exception):
    """The calendar cannot be read; the text is a sentence for its owner, without the address."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
