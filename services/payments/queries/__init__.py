"""Reads without locks, one statement each, returning what the two parties see."""
