"""The open event streams of this process, and what wakes them."""
