"""What the directory is about, without any I/O."""
