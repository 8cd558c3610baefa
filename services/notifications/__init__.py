"""Notifications: what concerns people, told to them.

Owns what each user was told, their event stream, their mails and their preferences. Publishes
nothing. Reacts to users, bookings, sessions, messages, payments and payouts; decides nothing about
any of them.
"""
