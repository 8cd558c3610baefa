"""Checks that something at an address behaves as Stripe does, as far as this project relies on it.

Every answer and every webhook is validated against Stripe's own description of its API; on top of
that come checks of behaviour, a file per part of the API. They know the sandbox by its address
alone: `python -m sandbox.stripe.conformance --base-url http://127.0.0.1:12111`.
"""
