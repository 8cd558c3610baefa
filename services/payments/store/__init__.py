"""Maps rows to domain objects and back; the only writer of the tables."""
