"""Scheduled jobs: sweeps over deadlines, publishing of free time, reading of calendars, gauges."""
