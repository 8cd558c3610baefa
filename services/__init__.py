"""The five services. Each owns a schema, publishes events (shared/events/), and imports nothing of
the others.
"""
