"""The steps that move money: rows with an idempotency key each, executed by a job between two
transactions.

`store/operations.py` plans the rows and `store/claims.py` claims and finishes them, `worker.py`
executes them, and the other modules are the kinds of step: the request to Stripe, how to find out
afterwards whether it took effect, and what each outcome means.
"""
