"""One call of the API: its parameters, the objects that it creates and finds, and the events that
it emits.
"""

import os
import string
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from sandbox.stripe import paging
from sandbox.stripe.delivery import Dispatcher
from sandbox.stripe.errors import invalid, missing
from sandbox.stripe.rows import Body
from sandbox.stripe.spec import Spec
from sandbox.stripe.store import Store

LETTERS = (string.ascii_letters + string.digits).encode()
# 256 is not a multiple of 62, so eight letters are a quarter more frequent. That does not matter
# for ids of 24 characters.
ANY_BYTE = bytes(LETTERS[byte % len(LETTERS)] for byte in range(256))
PLATFORM = "platform"
MAX_KEYS, MAX_KEY_LENGTH, MAX_VALUE_LENGTH = 50, 40, 500  # of metadata
PREFIX = {
    "customer": "cus",
    "setup_intent": "seti",
    "setup_attempt": "setatt",
    "payment_intent": "pi",
    "payment_method": "pm",
    "charge": "ch",
    "refund": "re",
    "dispute": "du",
    "account": "acct",
    "transfer": "tr",
    "transfer_reversal": "trr",
    "balance_transaction": "txn",
    "payout": "po",
    "event": "evt",
    "file": "file",
    "webhook_endpoint": "we",
}


def random_text(length: int) -> str:
    """Random letters and digits."""
    return os.urandom(length).translate(ANY_BYTE).decode()


def families(kind: str) -> list[str]:
    """The filters of a list of events that include type `kind`: the type itself and the patterns
    above it, such as `charge.*` and `charge.dispute.*`.
    """
    words = kind.split(".")
    return [kind, *(f"{'.'.join(words[:count])}.*" for count in range(1, len(words)))]


def _check_metadata(key: str, value: Any) -> None:
    if not key or len(key) > MAX_KEY_LENGTH:
        raise invalid(
            f"Metadata keys must have 1 to {MAX_KEY_LENGTH} characters; "
            f"{key[:60]!r} has {len(key)}.",
            None,
            "metadata",
        )
    if "[" in key or "]" in key:
        raise invalid("Metadata keys cannot have square brackets.", None, "metadata")
    if isinstance(value, str) and len(value) > MAX_VALUE_LENGTH:
        raise invalid(
            f"Metadata values can have up to {MAX_VALUE_LENGTH} characters; "
            f"yours has {len(value)}.",
            None,
            f"metadata[{key}]",
        )


class Call:
    """The context of a handler: checked `params` and access to the sandbox.

    `request` and `key` are the ids that events name; None for actions of the sandbox itself.
    `account` is the connected account of the Stripe-Account header, or None for the platform.
    """

    def __init__(
        self,
        spec: Spec,
        store: Store,
        dispatcher: Dispatcher,
        *,
        params: Body | None = None,
        request: str | None = None,
        key: str | None = None,
        account: str | None = None,
        origin: str = "",
        browser: bool = False,
    ) -> None:
        self.spec, self.store, self.dispatcher = spec, store, dispatcher
        self.params: Body = params or {}
        self.request, self.key, self.account = request, key, account
        self.origin, self.browser = origin, browser

    def now(self) -> int:
        """The sandbox's clock, in epoch seconds."""
        return self.store.now()

    def new_id(self, kind: str) -> str:
        """An id like Stripe's: prefix and 24 characters (16 for accounts)."""
        return f"{PREFIX[kind]}_{random_text(16 if kind == 'account' else 24)}"

    def new(
        self, kind: str, *, owner: str = PLATFORM, secret: Body | None = None, **fields: Any
    ) -> Body:
        """A new object, stored: the skeleton from the description, completed by `fields`."""
        body = self.spec.blank(kind)
        body.update(id=self.new_id(kind), object=kind, created=self.now())
        if "livemode" in body:
            body["livemode"] = False
        body.update(fields)
        self.store.add(body, kind if owner == PLATFORM else f"{kind}@{owner}", secret)
        return body

    def get(self, kind: str, identity: str, param: str = "id") -> Body:
        """The object, or Stripe's `resource_missing`."""
        body = self.store.find(identity)
        if body is None or body["object"] != kind or (body.get("deleted") and kind != "customer"):
            raise missing(kind, identity, param)
        return body

    def page(self, kind: str, url: str, **filters: Any) -> Body:
        """One page of a list, by the parameters of this call."""
        return paging.page(self.store, kind, self.params, url, filters)

    def emit(
        self, kind: str, body: Body, previous: Body | None = None, account: str | None = None
    ) -> str:
        """Emit an event with a snapshot of the object, delivered once the operation is committed.
        Returns its id.
        """
        data: Body = {"object": body}
        if previous is not None:
            data["previous_attributes"] = previous
        receivers = self.dispatcher.receivers(kind, connect=account is not None)
        event: Body = {
            "id": f"evt_1{random_text(23)}",
            "object": "event",
            "api_version": self.spec.version,
            "created": self.now(),
            "data": data,
            "livemode": False,
            "pending_webhooks": len(receivers),
            "request": {"id": self.request, "idempotency_key": self.key},
            "type": kind,
        }
        if account is not None:
            event["account"] = account
        seq = self.store.next_seq()
        raw = msgspec.json.encode(event)
        shelf = f"event@{account}" if account is not None else "event"
        self.store.insert(seq, event["id"], shelf, event["created"], raw, b"{}")
        for wanted in families(kind):
            self.store.facet(shelf, "type", wanted, event["created"], seq)
        self.dispatcher.post(event["id"], receivers)
        identity: str = event["id"]
        return identity

    def take(self, body: Body, names: Iterable[str]) -> Body:
        """Set the fields named in the parameters; returns their previous values."""
        previous: Body = {}
        for name in names:
            if name in self.params:
                value = self.params[name]
                previous[name] = body.get(name)
                body[name] = None if value == "" else self.spec.fit(body["object"], name, value)
        return previous

    def merge_metadata(self, body: Body, changes: Any) -> None:
        """Stripe's rule: keys are merged, an empty value removes one, an empty map removes all.
        Raises 400 beyond Stripe's limits.
        """
        if changes == "":
            body["metadata"] = {}
        for key, value in (changes or {}).items():
            _check_metadata(key, value)
            if value == "":
                body["metadata"].pop(key, None)
            else:
                body["metadata"][key] = value
        if len(body.get("metadata") or ()) > MAX_KEYS:
            raise invalid(
                f"You can only have up to {MAX_KEYS} keys in metadata; this request would lead to "
                f"{len(body['metadata'])}.",
                None,
                "metadata",
            )


Routes = dict[tuple[str, str], Callable[..., Body]]
