"""An HTTP/1.1 server for ASGI applications, for where every byte that comes in must have been
judged.

Parsing is llhttp's (`httptools`), strictly: what can be read in two ways is refused. The
application words every refusal, also of what is no request at all, so that clients see one form of
error. (Decision 0016.)
"""
