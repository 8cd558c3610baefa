"""The peer with which the project is compared: the same marketplace as a plain monolith.

One FastAPI process, one PostgreSQL, no broker and no events: the request that accepts a booking
calls Stripe for the hold. It is written as in FastAPI's and SQLAlchemy's tutorials, and as fast as
that style allows: an async engine, a pool, indexes for every query, JSON directly from Pydantic's
serializer.
"""
