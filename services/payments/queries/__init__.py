"""Reads without locks: for the two parties, for jobs and for operators."""
