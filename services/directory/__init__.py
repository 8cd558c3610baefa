"""Directory: who can be booked, and how they are found.

Owns consultants' profiles, the search index, and what it knows of their ratings and free time
(projections of others' facts). Publishes ProfileUpdated. Reacts to UserRegistered, UserUpdated,
UserDeactivated, AvailabilityChanged, SessionRated and PayoutAccountChanged.
"""
