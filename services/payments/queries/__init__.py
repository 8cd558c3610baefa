"""Reads without locks, one statement each, returning views for the two parties."""
