"""An answer ends its connection once the program is on its way out."""

from shared.draining import Draining, ending_connections


async def test_answers_end_their_connections_once_it_has_begun():
    async def application(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x", b"y")]})
        await send({"type": "http.response.body", "body": b""})

    state, sent = Draining(), []

    async def send(message):
        sent.append(message)

    serve = ending_connections(application, state)
    await serve({"type": "http"}, None, send)
    assert sent[0]["headers"] == [(b"x", b"y")]
    state.begin()
    await serve({"type": "http"}, None, send)
    assert sent[2]["headers"] == [(b"x", b"y"), (b"connection", b"close")]
