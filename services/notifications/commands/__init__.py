"""What notifications does, one file per noun."""
