"""Maps rows to domain objects and back; the only writer of users, sessions and link tokens.

Rows are locked in a fixed order, so that transactions cannot deadlock: the user, then link tokens;
the session, then its refresh tokens. Given only a token, its owner is looked up without a lock
first.
"""
