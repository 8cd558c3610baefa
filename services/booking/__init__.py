"""Booking owns availability, bookings, sessions and ratings: slot and booking share one
transaction, so no slot is sold twice.

Publishes AvailabilityChanged, Booking…, Session… (shared/events.py). Reacts to people (identity),
prices (directory) and what became of the money (payments).
"""
