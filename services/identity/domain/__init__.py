"""What identity is about, without any I/O."""
