"""Reconciliation: compares payments, payouts, the ledger and Stripe. `__main__.py` is the command
and its repairs.
"""
