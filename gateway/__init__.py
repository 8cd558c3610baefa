"""The gateway: the only public entry point. It has no data or business rules of its own.

It knows every operation (`routes.py`), checks who may call it, limits rates, streams requests and
responses (`proxy.py`), and itself serves what no service can: errors, health, the API description,
and the web app's files.
"""
