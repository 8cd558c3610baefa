"""What `make check` looks for beside style and types: known vulnerabilities of what we build on,
and secrets in the repository.
"""
