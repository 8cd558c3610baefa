"""Identity: who somebody is, and how they prove it.

Owns users, credentials, refresh families and signing keys. Publishes UserRegistered, UserUpdated,
UserDeactivated. Reacts to nothing: everybody else stands on it, it stands on nobody.
"""
