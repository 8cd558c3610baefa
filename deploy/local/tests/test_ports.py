import socket

from deploy.local import ports


def test_port_that_is_listened_on_is_not_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]
        assert not ports.is_free(taken)
        assert ports.answers(taken)
    assert ports.is_free(taken)
    assert not ports.answers(taken)


def test_remembered_ports_stay() -> None:
    first = ports.settle(["booking", "postgres"], {})
    assert len(set(first.values())) == 2
    assert ports.settle(["booking", "postgres"], first) == first


def test_remembered_port_that_somebody_took_is_chosen_anew() -> None:
    first = ports.settle(["booking", "postgres"], {})
    with socket.create_server(("127.0.0.1", first["booking"])):
        second = ports.settle(["booking", "postgres"], first)
    assert second["booking"] not in first.values()
    assert second["postgres"] == first["postgres"]


def test_ports_lie_below_those_of_outgoing_connections() -> None:
    assert all(port < 32768 for port in ports.settle(map(str, range(20)), {}).values())
