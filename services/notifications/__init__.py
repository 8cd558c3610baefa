"""Notifications: notifies users of events that concern them.

Owns notifications, event streams, mails and preferences. Publishes nothing. Reacts to users,
bookings, sessions, messages, payments and payouts, but decides nothing about any of them.
"""
