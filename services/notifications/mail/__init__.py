"""Mails as they are written: words from templates, letters, calendar entries, links."""
