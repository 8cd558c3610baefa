"""What the project is measured against: the same marketplace as a plain monolith.

One FastAPI process, one PostgreSQL, no broker and no events: it asks Stripe for the hold inside the
request that accepts a booking. It is written as FastAPI's and SQLAlchemy's own tutorials would do
it, and it is as fast as that way allows: an async engine, a pool, indexes for every query, JSON
straight from Pydantic's serializer.
"""
