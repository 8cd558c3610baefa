"""Booking: availability (slots, weekly rules, busy calendars), bookings with their presence,
messages and ratings, and the waitlist. A slot and its booking change in one transaction, so no slot
is sold twice.

Publishes AvailabilityChanged, BusyCalendar…, Booking…, Reschedule…, Session…, Message…, Rating…,
Waitlist… (shared/events/). Reacts to users (identity), prices (directory) and payments.
"""
