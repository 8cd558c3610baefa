"""From method and path to the operation, as Stripe's description lists them."""

import re
from collections.abc import Callable
from urllib.parse import unquote

from sandbox.stripe.errors import StripeError
from sandbox.stripe.routes import HANDLERS
from sandbox.stripe.rows import Body
from sandbox.stripe.spec import Spec

Handler = Callable[..., Body]


class Router:
    """Every operation that is described, with its handler where it is simulated."""

    def __init__(self, spec: Spec) -> None:
        self._exact: dict[tuple[str, str], tuple[str, Handler | None]] = {}
        self._patterns: dict[tuple[str, int], list[tuple[re.Pattern[str], str, Handler | None]]] = {}
        for template, methods in sorted(spec.operations.items(), key=lambda item: item[0].count("{")):
            for method in methods:
                self._route(method.upper(), template)

    def _route(self, method: str, template: str) -> None:
        handler = HANDLERS.get((method, template))
        if "{" not in template:
            self._exact[method, template] = (template, handler)
            return
        pattern = re.compile(re.sub(r"\{[^}]+\}", "([^/]+)", template))
        self._patterns.setdefault((method, template.count("/")), []).append((pattern, template, handler))

    def find(self, method: str, path: str) -> tuple[str, Handler | None, tuple[str, ...]]:
        """The operation's template, its handler and the ids in the path. Raises 404."""
        exact = self._exact.get((method, path))
        if exact is not None:
            return (*exact, ())
        for pattern, template, handler in self._patterns.get((method, path.count("/")), ()):
            if match := pattern.fullmatch(path):
                return template, handler, tuple(unquote(one) for one in match.groups())
        message = (
            f"Unrecognized request URL ({method}: {path}). Please see https://stripe.com/docs "
            "or we can help at https://support.stripe.com/."
        )
        raise StripeError(404, message, kept=False)
