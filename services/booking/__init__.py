"""Booking owns availability (slots, weekly rules), bookings with their presence, messages and
ratings, and the waitlist: slot and booking share one transaction, so no slot is sold twice.

Publishes AvailabilityChanged, Booking…, Reschedule…, Session…, Message…, Rating…, Waitlist…
(shared/events.py). Reacts to people (identity), prices (directory) and payments.
"""
