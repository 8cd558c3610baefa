"""Stored mails: one file each in the data folder, plus one with the envelope."""

from __future__ import annotations

import os
import secrets
import time
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from sandbox.mail.messages import Envelope, Message, read

_NAME = "0123456789abcdef-"


class Store:
    """A folder of mails. Only this process writes to it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._parsed: dict[str, Message] = {}
        folder.mkdir(parents=True, exist_ok=True)
        for unfinished in folder.glob("*.new"):
            unfinished.unlink()

    def keep(self, sender: str, recipients: list[str], source: bytes) -> str:
        """Stores one mail and returns its id, which increases with time."""
        now = time.time_ns()
        id = f"{now:016x}-{secrets.token_hex(4)}"
        envelope = Envelope(id, datetime.fromtimestamp(now / 1e9, UTC), sender, recipients)
        self._write(f"{id}.eml", source)
        # Written last: a mail without its envelope was not accepted.
        self._write(f"{id}.json", msgspec.json.encode(envelope))
        return id

    def _write(self, name: str, content: bytes) -> None:
        fresh = self._folder / f"{name}.new"
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(self._folder / name)

    def all(self, to: str | None = None, since: datetime | None = None) -> list[Message]:
        """Mails to an address (ignoring case), received at `since` or later, oldest first."""
        found = []
        for path in sorted(self._folder.glob("*.json")):
            envelope = msgspec.json.decode(path.read_bytes(), type=Envelope)
            if to is not None and to.lower() not in map(str.lower, envelope.recipients):
                continue
            if since is not None and envelope.at < since:
                continue
            found.append(self._message(envelope, path.with_suffix(".eml")))
        return found

    def _message(self, envelope: Envelope, path: Path) -> Message:
        """The mail in a file. Parsed once, because that takes 4 ms, and tests read the same list
        again and again until their mail has been received.
        """
        parsed = self._parsed.get(envelope.id)
        if parsed is None:
            parsed = self._parsed[envelope.id] = read(envelope, path.read_bytes())
        return parsed

    def one(self, id: str) -> tuple[Message, bytes] | None:
        """A mail and its source, or None."""
        path = self._folder / f"{id}.json"
        if set(id) - set(_NAME) or not path.exists():
            return None
        source = path.with_suffix(".eml").read_bytes()
        return read(msgspec.json.decode(path.read_bytes(), type=Envelope), source), source

    def clear(self) -> None:
        """Deletes all mails."""
        self._parsed.clear()
        for path in self._folder.glob("*.json"):
            path.unlink()
            path.with_suffix(".eml").unlink(missing_ok=True)
