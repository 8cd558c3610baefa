"""The sandbox as its users see it: a process and HTTP."""
