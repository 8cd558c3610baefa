"""Rows and domain objects: the only writer of the tables."""
