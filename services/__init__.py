"""The four services. Each owns a schema, publishes facts, and imports nothing of the others."""
