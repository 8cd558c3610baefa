"""The gateway: the only public entrance. Owns no data and no business rule.

It knows every operation (`routes.py`), checks who may call it, limits, streams to the service and
back (`proxy.py`), and answers for the whole system where no service can: errors, health, the API's
description, and the web app's files.
"""
