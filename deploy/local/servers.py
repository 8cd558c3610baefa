"""The stack's own PostgreSQL and RabbitMQ, from the ports and secrets in its data folder."""

import pathlib
from collections.abc import Callable

from deploy.local import files, rabbitmq, secrets
from deploy.local.container import RabbitMQContainer
from deploy.local.coturn import Coturn
from deploy.local.postgres import Postgres
from deploy.local.rabbitmq import RabbitMQ
from deploy.local.server import Server


def ports_of(data: pathlib.Path) -> dict[str, int]:
    """The ports of the last start; empty before the first."""
    return files.read(data / "ports.json") or {}


def postgres(data: pathlib.Path) -> Postgres:
    """The PostgreSQL of a data folder."""
    return Postgres(
        data / "postgres", ports_of(data)["postgres"], password=secrets.of(data)["postgres"]
    )


def broker(data: pathlib.Path) -> Server:
    """The installed RabbitMQ, or one in a container if it is not installed."""
    ports, password = ports_of(data), secrets.of(data)["rabbitmq"]
    if rabbitmq.installed() is None:
        return RabbitMQContainer(data / "rabbitmq-container", ports["rabbitmq"], password=password)
    return RabbitMQ(
        data / "rabbitmq",
        ports["rabbitmq"],
        password=password,
        distribution_port=ports["rabbitmq-distribution"],
        epmd_port=ports["epmd"],
    )


def turn(data: pathlib.Path) -> Coturn:
    """The TURN server of a data folder."""
    return Coturn(data / "coturn", ports_of(data)["coturn"], password=secrets.of(data)["turn"])


SERVERS: dict[str, Callable[[pathlib.Path], Server]] = {
    "postgres": postgres,
    "rabbitmq": broker,
    "coturn": turn,
}
