"""Commands of users and scheduled jobs, one function per verb: each loads, decides, writes and
emits.
"""
