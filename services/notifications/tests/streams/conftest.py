"""Two replicas of the complete service."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from services.notifications.tests.conftest import Notifications
from services.notifications.tests.served import Replica
from shared.testing import Infrastructure


@pytest.fixture
async def replica(
    notifications: Notifications, infrastructure: Infrastructure, amqp_url: str
) -> AsyncIterator[Replica]:
    made = Replica(infrastructure, amqp_url)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def second(
    replica: Replica, infrastructure: Infrastructure, amqp_url: str
) -> AsyncIterator[Replica]:
    """Another replica. Events delivered here wake it directly; the first one is woken through the
    broker.
    """
    made = Replica(infrastructure, amqp_url)
    await made.start()
    yield made
    await made.stop()
