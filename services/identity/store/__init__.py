"""Rows to domain objects and back; the only place that writes users, sessions and link tokens.

Rows are locked in one order, so that no two transactions wait for each other: the user, then the
tokens of links; the session, then its refresh tokens. Whoever is given a token looks up whose it is
without a lock first.
"""
