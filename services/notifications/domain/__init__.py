"""The domain model of notifications, without I/O: who is notified of what."""
