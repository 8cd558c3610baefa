"""Wake-ups after a commit of the jobs that name them (`woken_by`)."""

from __future__ import annotations

from shared.signals import WakeSignal

# A step at Stripe may be due.
steps_due: WakeSignal[[]] = WakeSignal()
# An event of Stripe's was stored, or is to be tried again.
stripe_events_due: WakeSignal[[]] = WakeSignal()
