"""The domain model of payments, without I/O."""
