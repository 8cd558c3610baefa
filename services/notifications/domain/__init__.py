"""Who is notified of what: pure data, and its wording."""
