"""Identity: user accounts and authentication.

Owns users, credentials, refresh families and signing keys. Publishes User…, Email…,
Password…, NewDeviceUsed and SessionsRevoked (shared/events/). Reacts to nothing: all other
services depend on identity, and it depends on none of them.
"""
