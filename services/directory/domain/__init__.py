"""The domain model of directory, without I/O."""
