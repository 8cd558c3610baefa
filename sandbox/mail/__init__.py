"""An SMTP server for development and tests that stores and shows the mails it receives. It delivers
nothing.
"""
