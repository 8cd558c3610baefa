"""The only writers of notifications' tables, one module per noun."""
