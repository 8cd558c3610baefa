"""Names and addresses as identity last said them, in whatever order its events arrive."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.payments.tests.actors import Payments
from shared.events import UserDeactivated, UserRegistered, UserUpdated
from shared.ids import new_id

KINDS = (UserRegistered, UserUpdated, UserUpdated, UserDeactivated)


@settings(
    max_examples=24,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(order=st.permutations(range(len(KINDS))))
async def test_newest_name_and_address_win_in_every_order(
    payments: Payments, order: list[int]
) -> None:
    user_id = new_id()
    for position in order:
        event = KINDS[position](
            user_id=user_id,
            role="seeker",
            first_name=f"Name {position}",
            last_name="Byron",
            email=f"address-{position}@example.org",
        )
        await payments.harness.deliver(event, sequence=position + 1)
    (row,) = await payments.harness.sql(
        "select first_name, email, last_sequence from users where user_id = $1", user_id
    )
    assert tuple(row) == ("Name 3", "address-3@example.org", 4)
