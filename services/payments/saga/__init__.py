"""The steps that move money: rows with an idempotency key each, executed by a job between two
transactions.

`store/operations.py` plans the rows and `store/claims.py` claims and finishes them, `worker.py`
does them, and the other files are the kinds of step: what is asked of Stripe, how to find out
afterwards whether it was done, and what each outcome means.
"""
