"""Reads without locks, one statement each, returning domain objects."""
