"""An HTTP/1.1 server for ASGI applications that validates every byte it receives.

llhttp (`httptools`) parses strictly: ambiguous input is rejected. The application renders every
rejection, even of input that is not a request at all, so that clients see one error format
(decision 0016).
"""
