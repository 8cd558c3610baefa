"""Commands of notifications, one module per noun."""
