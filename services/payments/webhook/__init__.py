"""What Stripe tells us: kept before it is answered, handled by a job that looks at the object anew,
visible and replayable.

`store.py` keeps, `job.py` claims and retries, `handlers.py` decides, `gaps.py` fetches what an outage missed, `__main__.py` is the
operator's command.
"""
