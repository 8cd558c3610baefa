"""Directory: consultants' profiles and search.

Owns consultants' profiles, the search index, and projections of their ratings and free time.
Publishes ProfileUpdated. Reacts to users, free time, ratings, replies to them, and payout accounts.
"""
