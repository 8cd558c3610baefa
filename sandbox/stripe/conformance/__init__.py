"""Checks that a server behaves like Stripe, as far as this project relies on it.

Every response and every webhook is validated against Stripe's own API description; in addition
there are checks of behaviour, a module per part of the API. They use only the server's address:
`python -m sandbox.stripe.conformance --base-url http://127.0.0.1:12111`.
"""
