"""A stateful stand-in for Stripe, for development and tests. It is not Stripe; see README.md."""
