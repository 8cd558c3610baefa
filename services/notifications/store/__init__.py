"""The only writers of notifications' tables, one file per noun."""
