"""These tests start real servers; nothing is mocked."""
