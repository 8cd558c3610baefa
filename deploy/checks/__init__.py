"""Checks of `make check` beyond style and types: known vulnerabilities of dependencies, and secrets
in the repository.
"""
