"""What can be done with accounts and with sessions. Nothing here holds a transaction while bcrypt
computes.
"""
