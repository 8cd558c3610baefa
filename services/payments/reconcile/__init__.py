"""Comparing what should agree: bookings as heard, payments, ledger, payouts, and Stripe.
`__main__.py` is the command and its repairs.
"""
