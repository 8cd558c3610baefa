"""The ledger: balance transactions, and what each account may spend.

Funds of a card payment are pending for two days. Sums are stored rather than computed, so that
reading a balance does not depend on the number of transactions.
"""

from collections.abc import Callable

from sandbox.stripe.call import PLATFORM, Call, Routes
from sandbox.stripe.errors import refused
from sandbox.stripe.rows import Body
from sandbox.stripe.settlement import settled

PENDING_SECONDS = 2 * 86400


def fee(amount: int) -> int:
    """Stripe's fee for a card payment: 2.9 % and 30 minor units, borne by the platform."""
    return (amount * 29 + 500) // 1000 + 30


def record(
    call: Call,
    kind: str,
    amount: int,
    source: str,
    *,
    currency: str,
    owner: str = PLATFORM,
    fee: int = 0,
    rate: float | None = None,
    available_on: int | None = None,
) -> Body:
    """Book an amount (minor units, negative if it leaves the balance) with a fee, both in
    `currency`; `rate` is the exchange rate. `available_on` None means in two days.
    """
    now = call.now()
    when = now + PENDING_SECONDS if available_on is None else available_on
    details = {"amount": fee, "application": None, "currency": currency}
    details |= {"description": "Stripe processing fees", "type": "stripe_fee"}
    txn = call.new(
        "balance_transaction",
        owner=owner,
        type=kind,
        amount=amount,
        fee=fee,
        net=amount - fee,
        source=source,
        currency=currency,
        status="available" if when <= now else "pending",
        exchange_rate=rate,
        available_on=when,
        reporting_category=kind,
        balance_type="payments",
        fee_details=[details] if fee else [],
    )
    _book(call, owner, currency, amount - fee, when)
    return txn


def record_settled(
    call: Call,
    kind: str,
    amount: int,
    source: str,
    *,
    currency: str,
    fee: Callable[[int], int] | None = None,
    available_on: int | None = None,
) -> Body:
    """Book a movement of a card payment, converted to the settlement currency; `fee` computes
    Stripe's fee from the converted amount.
    """
    arrived = settled(call, amount, currency)
    return record(
        call,
        kind,
        arrived.amount,
        source,
        currency=arrived.currency,
        fee=fee(arrived.amount) if fee is not None else 0,
        rate=arrived.rate,
        available_on=available_on,
    )


def _book(call: Call, owner: str, currency: str, net: int, when: int) -> None:
    column = "available" if when <= call.now() else "pending"
    call.store.write("INSERT OR IGNORE INTO balance VALUES (?, ?, 0, 0)", (owner, currency))
    call.store.write(
        f"UPDATE balance SET {column} = {column} + ? WHERE owner = ? AND currency = ?",  # noqa: S608  # nosec B608 # names of ours; values are bound
        (net, owner, currency),
    )
    if column == "pending":
        call.store.write(
            "INSERT INTO maturing VALUES (NULL, ?, ?, ?, ?)", (owner, currency, net, when)
        )


def _mature(call: Call) -> None:
    """Move pending funds that have become available."""
    due = "FROM maturing WHERE at <= ?"
    sums = call.store.db.execute(
        f"SELECT owner, currency, sum(net) {due} GROUP BY owner, currency",
        (call.now(),),
    ).fetchall()
    for owner, currency, net in sums:
        call.store.write(
            "UPDATE balance SET available = available + ?, pending = pending - ? WHERE owner = ? "
            "AND currency = ?",
            (net, net, owner, currency),
        )
    if sums:
        call.store.write(f"DELETE {due}", (call.now(),))


def funds(call: Call, owner: str) -> dict[str, tuple[int, int]]:
    """The available and the pending amounts, by currency."""
    _mature(call)
    rows = call.store.db.execute(
        "SELECT currency, available, pending FROM balance WHERE owner = ? ORDER BY currency",
        (owner,),
    ).fetchall()
    return {currency: (available, pending) for currency, available, pending in rows}


def retrieve(call: Call) -> Body:
    """Returns a balance."""
    sums = funds(call, call.account or PLATFORM) or {"usd": (0, 0)}
    body = call.spec.blank("balance")
    body.update(object="balance", livemode=False)
    for index, name in enumerate(("available", "pending")):
        body[name] = [
            {"amount": both[index], "currency": currency, "source_types": {"card": both[index]}}
            for currency, both in sums.items()
        ]
    return body


def _dated(call: Call, txn: Body) -> Body:
    txn["status"] = "available" if txn["available_on"] <= call.now() else "pending"
    return txn


def transaction(call: Call, identity: str) -> Body:
    """Returns one balance transaction."""
    return _dated(call, call.get("balance_transaction", identity))


def transactions(call: Call) -> Body:
    """Lists balance transactions, newest first."""
    shelf = f"balance_transaction@{call.account}" if call.account else "balance_transaction"
    if call.params.get("payout"):
        raise refused(
            "Balance transaction history can only be filtered on automatic transfers, not manual.",
            None,
            "payout",
        )
    filters = {name: call.params.get(name) for name in ("type", "source", "currency")}
    page = call.page(shelf, "/v1/balance_transactions", **filters)
    page["data"] = [_dated(call, txn) for txn in page["data"]]
    return page


ROUTES: Routes = {
    ("GET", "/v1/balance"): retrieve,
    ("GET", "/v1/balance_transactions"): transactions,
    ("GET", "/v1/balance_transactions/{id}"): transaction,
}
