"""The domain model of booking, without I/O."""
