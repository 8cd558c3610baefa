"""The implementation of `make up`: the whole marketplace on one machine, each program kept running
by supervisord.
"""
