"""One request to the API, from headers to response: key, route, parameters, idempotency, work,
commit.
"""

import logging
import re
import time
from typing import Any, NamedTuple

import msgspec

from sandbox.stripe import authorizations, expansion, idempotency, payouts
from sandbox.stripe.call import Call, random_text
from sandbox.stripe.delivery import Dispatcher
from sandbox.stripe.errors import StripeError, unauthorized
from sandbox.stripe.faults import Faults, broken, in_flight
from sandbox.stripe.keys import Keys
from sandbox.stripe.reading import IncomingRequest, check, check_account, check_headers, read
from sandbox.stripe.router import Router
from sandbox.stripe.rows import Body
from sandbox.stripe.spec import Spec
from sandbox.stripe.store import Store

log = logging.getLogger(__name__)
BROWSER_PATHS = re.compile(r"/v1/(setup|payment)_intents/[^/]+(/confirm)?|/v1/payment_methods")


class Response(NamedTuple):
    """A response."""

    status: int
    body: bytes
    headers: dict[str, str]


class Api:
    """Everything under /v1 and /v2."""

    def __init__(
        self, spec: Spec, store: Store, dispatcher: Dispatcher, faults: Faults, keys: Keys
    ) -> None:
        self.spec, self.store, self.dispatcher, self.faults, self.keys = (
            spec,
            store,
            dispatcher,
            faults,
            keys,
        )
        self.running: set[str] = set()
        self.router = Router(spec)
        self._log: list[tuple[Any, ...]] = []

    # -- one request

    def slot(self, asked: IncomingRequest) -> str | None:
        """The storage slot of this request's response, if it has an idempotency key."""
        key = asked.headers.get("idempotency-key")
        if asked.method != "POST" or not key:
            return None
        return f"{asked.headers.get('stripe-account', '')}|{key}"  # keys belong to an account

    def answer(self, asked: IncomingRequest, *, break_after: bool = False) -> Response:
        """Handle a request. With `break_after` the work is done, but the response, which is stored,
        is a 500.
        """
        request = f"req_{random_text(14)}"
        headers = {
            "Request-Id": request,
            "Stripe-Version": asked.headers.get("stripe-version") or self.spec.version,
        }
        slot: str | None = None
        params: Body = {}
        try:
            check_headers(asked)
            slot = self.slot(asked)
            if slot is not None:
                headers["Idempotency-Key"] = asked.headers["idempotency-key"]
            self.lapse()
            params = read(asked)
            self.keys.of(asked.headers, params)
            status, body = self._once(asked, params, request, slot, headers, break_after)
        except StripeError as error:
            self.store.rollback()
            self.dispatcher.discard_posted()
            status, body = error.status, msgspec.json.encode(error.body)
        except Exception:
            # A bug of the sandbox itself: it is logged, and nothing is stored.
            log.exception("%s %s", asked.method, asked.path)
            self.store.rollback()
            self.dispatcher.discard_posted()
            status, body = 500, msgspec.json.encode(broken().body)
        self.note(asked, params, status)
        if asked.method == "GET":
            self.store.unload()  # only the recorded request is to be written, with the next commit
        else:
            self.finish()
        return Response(status, body, headers)

    def _once(
        self,
        asked: IncomingRequest,
        params: Body,
        request: str,
        slot: str | None,
        headers: dict[str, str],
        break_after: bool,
    ) -> tuple[int, bytes]:
        """Do the work, or return the stored response of its idempotency key."""
        if slot is None:
            return self._work(asked, params, request)[:2]
        if slot in self.running:
            raise in_flight()
        print_ = idempotency.fingerprint(params)
        before = idempotency.kept(
            self.store, slot, asked.path, print_, asked.headers["idempotency-key"]
        )
        if before is not None:
            headers["Idempotent-Replayed"] = "true"
            headers["Original-Request"] = before.request
            return before.status, before.body
        status, body, kept = self._work(asked, params, request)
        if break_after:
            failure = broken()
            status, body = failure.status, msgspec.json.encode(failure.body)
        if kept:
            answer = idempotency.StoredResponse(asked.path, print_, status, request, body)
            idempotency.keep(self.store, slot, answer)
        return status, body

    def _work(self, asked: IncomingRequest, params: Body, request: str) -> tuple[int, bytes, bool]:
        try:
            body = self._handle(asked, dict(params), request)
        except StripeError as error:
            if error.status == 402:
                self.store.flush()
            else:
                self.store.rollback()
                self.dispatcher.discard_posted()
            return error.status, msgspec.json.encode(error.body), error.kept
        return 200, msgspec.json.encode(body), True

    def _handle(self, asked: IncomingRequest, params: Body, request: str) -> Body:
        key = self.keys.of(asked.headers, params)
        template, handler, ids = self.router.find(asked.method, asked.path)
        browser = key.startswith("pk_")
        if browser and not BROWSER_PATHS.fullmatch(asked.path):
            raise unauthorized(
                "This API call cannot be made with a publishable API key. Please use a secret "
                "API key.",
                "secret_key_required",
            )
        check_account(self.store, asked)
        params = check(self.spec, asked.method, template, params, browser)
        wanted = params.pop("expand", [])
        call = self.call(
            params=params,
            request=request,
            key=asked.headers.get("idempotency-key"),
            account=asked.headers.get("stripe-account"),
            origin=asked.origin,
            browser=browser,
        )
        body = handler(call, *ids)
        self.store.flush()
        if wanted:
            # A copy, because expanded objects must not be stored within others.
            body = expansion.expand(
                self.spec, self.store, msgspec.json.decode(msgspec.json.encode(body)), wanted
            )
        return body

    # -- around it

    def call(self, **given: Any) -> Call:
        """The context of a handler; without `request`, the sandbox acts on its own."""
        return Call(self.spec, self.store, self.dispatcher, **given)

    def lapse(self) -> int:
        """Release lapsed holds and complete due payouts. Returns the number of holds."""
        total = 0
        while count := authorizations.sweep(self.call()):
            self.finish()
            total += count
        while payouts.sweep(self.call()):
            self.finish()
        return total

    def finish(self) -> None:
        """Commit, and send the events."""
        self.dispatcher.record()
        if self._log:
            for row in self._log:
                self.store.write("INSERT INTO request VALUES (NULL, ?, ?, ?, ?, ?, ?)", row)
            self._log.clear()
        self.store.commit()
        self.dispatcher.dispatch()

    def note(self, asked: IncomingRequest, params: Body, status: int | None) -> None:
        """Record a request; status None means that no response was sent."""
        key = asked.headers.get("idempotency-key")
        row = (time.time(), asked.method, asked.path, key, msgspec.json.encode(params), status)
        self._log.append(row)

    def refuse(self, asked: IncomingRequest, error: StripeError) -> Response:
        """Respond with an error instead of doing the work."""
        self.note_unanswered(asked, error.status)
        headers = {"Request-Id": f"req_{random_text(14)}"}
        return Response(error.status, msgspec.json.encode(error.body), headers)

    def note_unanswered(self, asked: IncomingRequest, status: int | None = None) -> None:
        """Record a request that was not handled because of a fault."""
        try:
            params = read(asked)
        except StripeError:
            params = {}
        self.note(asked, params, status)
        self.finish()
