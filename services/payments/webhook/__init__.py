"""What Stripe tells us: kept before it is answered, handled by a job that looks at the object anew,
visible and replayable.

`handlers.py` decides, `intents.py` for payments; `__main__.py` is the operator's command. Events
are kept by `store/stripe_events.py`, handled and retried by `jobs/stripe_events.py`, and what an
outage missed is fetched by `jobs/stripe_gaps.py`.
"""
