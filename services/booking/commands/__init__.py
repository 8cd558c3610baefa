"""What people, and the clock, do to bookings: one function per verb, each in four beats: load,
decide, write, emit.
"""
