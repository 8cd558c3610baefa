"""An SMTP server for development and tests that keeps what it gets and shows it. It delivers
nothing.
"""
