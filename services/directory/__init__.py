"""Directory: consultants' profiles and search.

Owns consultants' profiles, the search index, and projections of their ratings and free time.
Publishes ProfileUpdated. Reacts to UserRegistered, UserUpdated, UserDeactivated,
AvailabilityChanged, SessionRated and PayoutAccountChanged.
"""
