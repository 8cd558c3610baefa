"""Scheduled jobs, which can also be woken."""
