"""What the clock or a wake-up starts."""
