"""Commands on accounts and sessions. None of them holds a transaction open while bcrypt
computes.
"""
