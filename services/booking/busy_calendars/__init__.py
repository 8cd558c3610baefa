"""Reads consultants' other calendars: keeps their addresses secret, downloads them without ever
connecting to a private network, and derives busy times from their events.
"""
