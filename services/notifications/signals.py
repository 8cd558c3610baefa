"""Wake-ups after a commit: of the jobs that name them (`woken_by`), and of the event streams."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from shared.signals import WakeSignal

mails_due: WakeSignal[[]] = WakeSignal()
reminders_due: WakeSignal[[]] = WakeSignal()
# Rows were added to these users' streams, or their sessions have ended.
streams_changed: WakeSignal[[Iterable[UUID]]] = WakeSignal()
