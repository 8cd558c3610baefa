"""Booking owns availability (slots, weekly rules, busy calendars), bookings with their presence,
messages and ratings, and the waitlist: slot and booking share one transaction, so no slot is sold
twice.

Publishes AvailabilityChanged, BusyCalendar…, Booking…, Reschedule…, Session…, Message…, Rating…,
Waitlist… (shared/events/). Reacts to people (identity), prices (directory) and payments.
"""
