"""All state, in one SQLite file that survives SIGKILL.

Objects are JSON rows. A request loads what it touches, changes it in place, and `commit` writes
whatever differs from what was loaded: no forgotten save, and nothing is held in memory between
requests, so 100,000 objects cost disk and not RAM. WAL with synchronous=NORMAL loses nothing when
the process dies; only a power cut could.

`shelf` is the kind of an object, with the connected account that owns it where that is not the
    platform. `facet` rows
are the filters of the list calls, so that a list never scans.
"""

import sqlite3
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from sandbox.stripe.rows import LONG_LOG, NAMES, TABLES, Body, Entry, facets


class Store:
    """The file `stripe.sqlite3` in a folder; one per process."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "stripe.sqlite3"
        self.db = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        # Checkpoints run in a thread (`checkpoint`): within a request they would stall it by an
        # fsync.
        for pragma in (
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "wal_autocheckpoint=0",
            "journal_size_limit=33554432",
            "cache_size=-8000",
        ):
            self.db.execute(f"PRAGMA {pragma}")
        self.db.executescript(TABLES)
        self._entries: dict[str, Entry] = {}
        self._begun = False
        self.commits = 0
        self.defaults: Body = {}
        self._start()

    def _start(self) -> None:
        self._seq: int = self.db.execute("SELECT coalesce(max(seq), 0) FROM object").fetchone()[0]
        self._delivery: int = self.db.execute(
            "SELECT coalesce(max(id), 0) FROM delivery"
        ).fetchone()[0]
        self._offset: int = self.setting("clock") or 0

    # -- time and settings

    def now(self) -> int:
        """The sandbox's clock, in epoch seconds."""
        return int(time.time()) + self._offset

    def advance(self, seconds: int) -> None:
        """Move the clock ahead permanently."""
        self._offset += seconds
        self.set("clock", self._offset)

    def setting(self, name: str) -> Any:
        """The value stored under a name, its default, or None."""
        row = self.db.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        return msgspec.json.decode(row[0]) if row else self.defaults.get(name)

    def set(self, name: str, value: Any) -> None:
        """Store a value under a name."""
        self.write(
            "INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, msgspec.json.encode(value))
        )

    # -- transactions

    def write(self, statement: str, values: Iterable[Any] = ()) -> None:
        """Run one statement in the transaction that `commit` ends, and begin it if need be."""
        if not self._begun:
            self.db.execute("BEGIN IMMEDIATE")
            self._begun = True
        self.db.execute(statement, tuple(values))

    def commit(self) -> None:
        """Write everything that changed since the last commit, at once."""
        for entry in self._entries.values():
            self._save(entry)
        self._entries.clear()
        if self._begun:
            self.db.execute("COMMIT")
            self._begun = False
            self.commits += 1

    def rollback(self) -> None:
        """Discard all changes since the last commit."""
        self._entries.clear()
        if self._begun:
            self.db.execute("ROLLBACK")
            self._begun = False
            self._offset = self.setting("clock") or 0

    def unload(self) -> None:
        """Unload objects without writing them."""
        self._entries.clear()

    def flush(self) -> None:
        """Write changes without ending the transaction, so that lists see them."""
        for entry in self._entries.values():
            self._save(entry)

    def _save(self, entry: Entry) -> None:
        raw, secret = msgspec.json.encode(entry.body), msgspec.json.encode(entry.secret)
        if raw == entry.raw and secret == entry.raw_secret:
            return
        body = entry.body
        if entry.raw:
            self.write(
                "UPDATE object SET body = ?, secret = ? WHERE seq = ?", (raw, secret, entry.seq)
            )
        else:
            self.insert(entry.seq, body["id"], entry.shelf, body.get("created", 0), raw, secret)
        wanted = facets(body) if entry.shelf else frozenset()
        self._file(entry, body.get("created", 0), wanted)
        entry.raw, entry.raw_secret, entry.facets = raw, secret, wanted

    def insert(
        self, seq: int, identity: str, shelf: str, created: int, raw: bytes, secret: bytes
    ) -> None:
        """A row as it is; `_save` and events, which never change, come here."""
        values = (seq, identity, shelf, created, raw, secret)
        self.write("INSERT INTO object VALUES (?, ?, ?, ?, ?, ?)", values)

    def _file(self, entry: Entry, created: int, wanted: frozenset[tuple[str, str]]) -> None:
        for field, value in entry.facets - wanted:
            key = (entry.shelf, field, value, created, entry.seq)
            self.write(
                "DELETE FROM facet WHERE (shelf, field, value, created, seq) = (?, ?, ?, ?, ?)", key
            )
        for field, value in wanted - entry.facets:
            self.facet(entry.shelf, field, value, created, entry.seq)

    def facet(self, shelf: str, field: str, value: str, created: int, seq: int) -> None:
        """Index a row by a value, for lists."""
        self.write(
            "INSERT OR IGNORE INTO facet VALUES (?, ?, ?, ?, ?)",
            (shelf, field, value, created, seq),
        )

    # -- objects

    def next_seq(self) -> int:
        """The position of the next object in the order of creation."""
        self._seq += 1
        return self._seq

    def next_delivery(self) -> int:
        """The id of the next delivery."""
        self._delivery += 1
        return self._delivery

    def add(self, body: Body, shelf: str | None = None, secret: Body | None = None) -> None:
        """Add a new object, with the parts of it that are never shown."""
        shelf = body["object"] if shelf is None else shelf
        self._entries[body["id"]] = Entry(self.next_seq(), shelf, body, secret or {}, b"", b"")

    def find(self, identity: str) -> Body | None:
        """The object of that id, of whatever kind."""
        entry = self._entry(identity)
        return entry.body if entry else None

    def secret(self, identity: str) -> Body:
        """The hidden data of an object: card numbers, signing secrets."""
        entry = self._entry(identity)
        if entry is None:
            raise LookupError(identity)
        return entry.secret

    def shelf(self, identity: str) -> str:
        """Where an object is listed."""
        entry = self._entry(identity)
        return entry.shelf if entry else ""

    def unlist(self, identity: str) -> None:
        """Take an object out of all lists; it can still be retrieved."""
        entry = self._entries[identity]
        self._file(entry, entry.body.get("created", 0), frozenset())
        entry.shelf, entry.facets = "", frozenset()
        self.write("UPDATE object SET shelf = '' WHERE seq = ?", (entry.seq,))

    def position(self, identity: str) -> tuple[int, int]:
        """(created, seq) of an object: where a page begins."""
        row = self.db.execute(
            "SELECT created, seq FROM object WHERE id = ?", (identity,)
        ).fetchone()
        return (row[0], row[1])

    def _entry(self, identity: str) -> Entry | None:
        entry = self._entries.get(identity)
        if entry is None:
            found = self.db.execute(
                "SELECT seq, shelf, body, secret FROM object WHERE id = ?", (identity,)
            ).fetchone()
            if found is None:
                return None
            seq, shelf, raw, raw_secret = found
            body, secret = msgspec.json.decode(raw), msgspec.json.decode(raw_secret)
            entry = self._entries[identity] = Entry(seq, shelf, body, secret, raw, raw_secret)
        return entry

    # -- upkeep

    def checkpoint(self) -> bool:
        """Move the log into the file, the slow part: for a thread. Says whether the log is long by
        now.
        """
        other = sqlite3.connect(self.path)
        try:
            for _ in range(2):  # the second time it is only what came meanwhile
                _, frames, _ = other.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        finally:
            other.close()
        return bool(frames > LONG_LOG)

    def restart_log(self) -> None:
        """Right after `checkpoint`: restart the log. Without waiting for the disk, which has the
        rest already.
        """
        if not self._begun:
            self.db.execute("PRAGMA synchronous=OFF")
            self.db.execute("PRAGMA wal_checkpoint(RESTART)")
            self.db.execute("PRAGMA synchronous=NORMAL")

    def prune(self, requests: int) -> None:
        """Delete idempotency keys after 24 hours, and all but the newest requests."""
        self.write("DELETE FROM idempotency WHERE at < ?", (self.now() - 86400,))
        self.write(
            "DELETE FROM request WHERE seq <= (SELECT max(seq) FROM request) - ?", (requests,)
        )
        self.commit()

    def reset(self) -> None:
        """Delete everything."""
        self.rollback()
        for name in NAMES:
            self.write(f"DELETE FROM {name}")  # noqa: S608  # nosec B608 # names of ours; values are bound
        self.commit()
        self._start()

    def close(self) -> None:
        """End cleanly."""
        self.commit()
        self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.db.close()
