"""The foundation shared by every program: the event catalogue, outbox and inbox, database access,
access tokens, errors, settings and telemetry.
"""
