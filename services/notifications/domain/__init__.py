"""Who is told what: pure data and the words for it."""
