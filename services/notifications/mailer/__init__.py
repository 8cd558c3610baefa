"""Sends mails: claim, decide, hand over to the SMTP server, record the outcome."""
