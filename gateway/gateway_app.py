"""The HTTP application: authenticates, authorises and rate-limits each request, then forwards it to
a service or responds itself.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from gateway.bodies import check_body
from gateway.connection import UpstreamConnectionLost
from gateway.cross_origin import CrossOrigin
from gateway.headers import API, API_HTTPS, CONTENT_POLICY, NO_STORE, Fields
from gateway.limits import RateLimiter
from gateway.negotiation import VARY, prefers_page
from gateway.pages import SHARED_WITH_PAGES, asks_directory
from gateway.proxy import ProxyCall
from gateway.request import Receive, Request, Scope, Send
from gateway.request_body import ClientDisconnected
from gateway.responses import Endpoint, Response, send_parts, send_whole
from gateway.routes import Path, Route, RouteTable
from gateway.sandbox import SandboxCall, is_sandbox_path, unchanged
from gateway.settings import GatewaySettings
from gateway.uploads import Uploads, discard
from gateway.upstream import Upstream
from gateway.web import Web
from shared.auth import User, Verifier, bearer
from shared.callers import caller_at
from shared.metrics import REQUESTS, method_label
from shared.problems import (
    MEDIA_TYPE,
    Forbidden,
    MethodNotAllowed,
    NotFound,
    Problem,
    Unauthenticated,
    Unavailable,
)
from shared.telemetry import RequestContext, log, request_context

SLOW_SECONDS = 1.0
# The server keeps a response in memory until the client has read it, or has read nothing for ten
# seconds; larger ones than this are rate-limited.
LARGE = 64 * 1024


class GatewayApp:
    """Handles HTTP requests. `builtin_endpoints` are the gateway's own documents by path; `web`
    answers everything else.
    """

    def __init__(
        self,
        settings: GatewaySettings,
        table: RouteTable,
        upstreams: dict[str, Upstream],
        verifier: Verifier,
        builtin_endpoints: Mapping[str, Endpoint],
        web: Web,
    ) -> None:
        self._table = table
        self._upstreams = upstreams
        self._verifier = verifier
        self._builtin_endpoints = builtin_endpoints
        self._web = web
        self._limiter = RateLimiter(settings.rate_limit_per_minute)
        self._uploads = Uploads()
        # Large files, and pages that cost a service a request, are limited to the rate of API
        # calls: the web app's other files are small and cached.
        self._downloads = RateLimiter(settings.rate_limit_per_minute, "downloads")
        self._trusted = settings.proxies()
        self._cross_origin = CrossOrigin(settings.origins())
        self._measured = bool(settings.metrics_listen)
        url = settings.stripe_sandbox_url
        self._sandbox = Upstream("stripe-sandbox", url) if url else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One HTTP request."""
        started = time.perf_counter()
        request = Request(scope, self._trusted)
        status, name = 0, "unknown"
        extra: Fields = []
        call: ProxyCall | None = None
        try:
            request.check(scope)
            if self._sandbox is not None and is_sandbox_path(request.path):
                name, call = (
                    "sandbox",
                    SandboxCall(request, scope, receive, send, self._uploads),
                )
                status = await call.forward(self._sandbox, unchanged)
                return
            path = self._table.find(request.path)
            if request.path in SHARED_WITH_PAGES and request.method in ("GET", "HEAD"):
                extra.append(VARY)
                path = None if prefers_page(request) else path
            route = path.by_method.get(request.method) if path is not None else None
            if route is None:
                name, status = "builtin", await self._answer_builtin(request, path, extra, send)
                return
            name = route.path
            await self._admit(request, route, extra)
            call = ProxyCall(request, scope, receive, send, self._uploads, route)
            status = await call.forward(
                self._upstreams[route.upstream],
                lambda headers: self._decorate(request, headers, extra),
            )
        except Problem as problem:
            status = problem.status
            await self._refuse(request, problem, extra, receive, send)
        except ClientDisconnected:
            status = 499
        except UpstreamConnectionLost as error:
            # The head has been sent: breaking off is the only way left to signal that the response
            # is incomplete.
            log.warning(
                "response incomplete",
                route=name,
                reason=repr(error.__cause__),
                request_id=request.request_id,
            )
            raise
        except Exception:
            status = 500
            log.error("unexpected error", exc_info=True, request_id=request.request_id)
            if call is not None and call.answered:
                raise
            await self._refuse(request, Problem(), extra, receive, send)
        finally:
            self._record(request, name, status, time.perf_counter() - started)

    # ---- admission

    async def _admit(self, request: Request, route: Route, extra: Fields) -> None:
        """Raises the problem for which this request is rejected, if any; adds the rate limit's
        headers to `extra`.
        """
        user, refusal = None, None
        if request.authorization is not None:
            user, refusal = await self._user(request, route)
        elif route.who != "anyone":
            refusal = Unauthenticated()
        if route.limited:
            self._limiter.admit(user.id if user is not None else caller_at(request.peer), extra)
        if refusal is not None:
            raise refusal
        if route.who not in ("anyone", "signed_in") and (user is None or user.role != route.who):
            raise Forbidden(f"Only a {route.who} may do this.")
        if request.method not in ("GET", "HEAD") and request.has_body:
            check_body(request, route)

    async def _user(self, request: Request, route: Route) -> tuple[User | None, Problem | None]:
        assert request.authorization is not None
        token = bearer(request.authorization.decode("latin-1"))
        try:
            if token is None:
                raise Unauthenticated
            return await self._verifier.verify(token), None
        except (Unauthenticated, Unavailable) as problem:
            return None, None if route.who == "anyone" else problem

    # ---- responses of the gateway itself

    async def _answer_builtin(
        self, request: Request, path: Path | None, extra: Fields, send: Send
    ) -> int:
        builtin = self._builtin_endpoints.get(request.path)
        reads = request.method in ("GET", "HEAD")
        if path is None and builtin is None and not reads and not self._web.has(request.path):
            raise NotFound
        allow = path.allow if path is not None else b"GET, HEAD, OPTIONS"
        if request.method == "OPTIONS":
            answer = Response(
                204, [(b"allow", allow), *self._cross_origin.preflight(request, allow)]
            )
        elif path is not None or not reads:
            raise MethodNotAllowed(headers={"Allow": allow.decode()})
        else:
            counted = asks_directory(request.path)
            if counted:
                self._downloads.admit(caller_at(request.peer), extra)
            answer = await (builtin or self._web)(request)
            if len(answer.body) > LARGE and request.method != "HEAD" and not counted:
                self._downloads.admit(caller_at(request.peer), extra)
        if answer.is_page:
            headers = [*answer.headers, (b"x-request-id", request.request_id.encode())]
        else:
            headers = self._decorate(request, answer.headers, [])
        if answer.parts is not None:
            await send_parts(send, request, answer.status, headers, answer.parts)
        else:
            await send_whole(send, request, answer.status, headers, answer.body)
        return answer.status

    # ---- all responses

    def _decorate(self, request: Request, headers: Fields, extra: Fields) -> Fields:
        """A service's headers with those of the gateway."""
        ours = API_HTTPS if request.https else API
        names = {name for name, _ in headers}
        if CONTENT_POLICY in names:  # a page rendered by a service
            ours = [field for field in ours if field[0] != CONTENT_POLICY]
        fields = [*headers, *ours, *extra]
        fields.append((b"x-request-id", request.request_id.encode()))
        if b"cache-control" not in names:
            fields.append(NO_STORE)
        fields += self._cross_origin.fields(request)
        return fields

    async def _refuse(
        self, request: Request, problem: Problem, extra: Fields, receive: Receive, send: Send
    ) -> None:
        body = problem.body(request.request_id)
        headers = [
            (name.lower().encode(), value.encode()) for name, value in problem.headers.items()
        ]
        headers.append((b"content-type", MEDIA_TYPE.encode()))
        await send_whole(
            send, request, problem.status, self._decorate(request, headers, extra), body
        )
        if request.has_body:
            await discard(request, receive)

    def _record(self, request: Request, name: str, status: int, took: float) -> None:
        if self._measured:
            REQUESTS.labels(method_label(request.method), name, status).observe(took)
        # An unreachable service is logged by Upstream, not for every request.
        if (status >= 500 and status != Unavailable.status) or took > SLOW_SECONDS:
            token = request_context.set(
                RequestContext(request.request_id, None, request.traceparent)
            )
            log.info(
                "request", method=request.method, path=name, status=status, ms=round(took * 1000, 1)
            )
            request_context.reset(token)
