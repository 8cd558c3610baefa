"""What `make up` runs: the whole marketplace on one machine, each program kept alive by
supervisord.
"""
