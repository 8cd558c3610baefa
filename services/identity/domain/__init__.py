"""The domain model of identity, without I/O."""
