"""Real servers are started here; nothing is mocked."""
