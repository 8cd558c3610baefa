"""Open event streams of this process, and what wakes them."""
