"""What people, and the clock, do to bookings: one function per verb, each of which loads, decides,
writes and emits.
"""
