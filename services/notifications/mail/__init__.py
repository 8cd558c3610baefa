"""Composition of mails: texts from templates, message, calendar entry, links."""
