"""`expand[]`: objects in place of their ids, up to four levels deep."""

from typing import Any

from sandbox.stripe.errors import refused
from sandbox.stripe.rows import Body
from sandbox.stripe.spec import Spec
from sandbox.stripe.store import Store

DEEPEST = 4


def expand(spec: Spec, store: Store, body: Body, paths: list[str]) -> Body:
    """Replace ids along each path, in `body` itself. Raises 400 for a field that holds no id."""
    for path in paths:
        names = path.split(".")
        if len(names) > DEEPEST:
            raise refused("You cannot expand more than 4 levels of a property.", None, "expand")
        here: list[Any] = [body]
        for name in names:
            here = [found for one in here for found in _step(spec, store, one, name, path)]
    # Objects that were loaded for the response have been altered and must not be saved.
    store.unload()
    return body


def _step(spec: Spec, store: Store, one: Any, name: str, path: str) -> list[Any]:
    if not isinstance(one, dict):
        return []
    value, kind = one.get(name), one.get("object")
    kind = kind if isinstance(kind, str) else ""  # in an event's data it is an object
    if isinstance(value, str):
        if name not in spec.expandable(kind):
            raise _no(path)
        found = store.find(value)
        if found is None:
            return []
        store.unload()  # the same object may stand in several places, each with its own expansion
        one[name] = found
        return [found]
    if value is None and name not in one and name not in spec.fields(kind):
        raise _no(path)
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, dict) else []


def _no(path: str) -> Exception:
    return refused(f"This property cannot be expanded ({path}).", None, "expand")
