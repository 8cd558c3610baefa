"""What every service stands on: the event catalogue, outbox and inbox, the database, tokens,
errors, settings, telemetry.
"""
