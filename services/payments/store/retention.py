"""Rows that are deleted some time after they are of use. Payments, their steps and the ledger
are the books, and are kept.
"""

from datetime import timedelta

from sqlalchemy import literal_column

from services.payments.tables import setup_intents, stripe_events
from shared.pruning import Retention

# Stripe lists events for 30 days and delivers for three: neither a delivery nor the gap poll brings
# back an event that is deleted, or finds a SetupIntent missing.
KEPT_FOR = timedelta(days=60)

RETENTIONS = (
    # Failed events stay until an operator has dealt with them.
    Retention(
        stripe_events,
        stripe_events.c.received_at,
        KEPT_FOR,
        where=stripe_events.c.state.in_([literal_column("'done'"), literal_column("'ignored'")]),
    ),
    Retention(
        setup_intents,
        setup_intents.c.check_at,
        KEPT_FOR,
        where=setup_intents.c.state == literal_column("'done'"),
    ),
)
