"""Stripe's webhook events: stored before they are acknowledged, then handled by a job that reads
their object at Stripe again; operators can list and replay them.

`incoming.py` stores them. `handlers.py` maps event types to handlers, `intents.py` and `charges.py`
hold those of payments. Each is called with a `StripeContext` (`context.py`), which reconciliation
uses too, and raises an exception of `errors.py` to be tried again. `__main__.py` is the operators'
command. Events are handled and retried by `jobs/stripe_events.py`, and those missed during an
outage are fetched by `jobs/stripe_gaps.py`.
"""
