"""Reading consultants' other calendars: their addresses kept secret, downloads that cannot be led
into a private network, and the busy times that follow from the events in them.
"""
