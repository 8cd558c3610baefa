"""From method and path to the operation, as Stripe's description lists them."""

import re
from collections.abc import Callable
from urllib.parse import unquote

from sandbox.stripe.errors import unknown
from sandbox.stripe.routes import HANDLERS
from sandbox.stripe.rows import Body
from sandbox.stripe.spec import Spec

Handler = Callable[..., Body]


class Router:
    """Every operation that is simulated. Any other is answered as Stripe answers an unknown URL."""

    def __init__(self, spec: Spec) -> None:
        self._exact: dict[tuple[str, str], tuple[str, Handler]] = {}
        self._patterns: dict[tuple[str, int], list[tuple[re.Pattern[str], str, Handler]]] = {}
        for template, methods in sorted(
            spec.operations.items(), key=lambda item: item[0].count("{")
        ):
            for method in methods:
                self._route(method.upper(), template)

    def _route(self, method: str, template: str) -> None:
        handler = HANDLERS.get((method, template))
        if handler is None:
            return
        if "{" not in template:
            self._exact[method, template] = (template, handler)
            return
        pattern = re.compile(re.sub(r"\{[^}]+\}", "([^/]+)", template))
        self._patterns.setdefault((method, template.count("/")), []).append(
            (pattern, template, handler)
        )

    def find(self, method: str, path: str) -> tuple[str, Handler, tuple[str, ...]]:
        """The operation's template, its handler and the ids in the path. Raises 404."""
        exact = self._exact.get((method, path))
        if exact is not None:
            return (*exact, ())
        for pattern, template, handler in self._patterns.get((method, path.count("/")), ()):
            if match := pattern.fullmatch(path):
                return template, handler, tuple(unquote(one) for one in match.groups())
        raise unknown(method, path)
