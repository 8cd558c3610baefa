"""The load driver: the same people, data and requests for the project and for the peer.

It talks to this machine only, is bounded in count and time, and ends by itself.
"""
