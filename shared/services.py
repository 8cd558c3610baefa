"""The names of the services. Each is also the name of its package in `services`, its database
schema and role, and the prefix of its queues.
"""

SERVICES = ("identity", "directory", "booking", "payments", "notifications")
