"""Form encoding as Stripe reads it: `a[b]=c` is an object, `a[0]=c` and `a[]=c` are lists."""

from typing import Any
from urllib.parse import parse_qsl

from sandbox.stripe.errors import invalid

DEEPEST = 12


def decode(text: str) -> dict[str, Any]:
    """Parse a query string or a form body; every leaf is a string. Raises 400 on a malformed
    name.
    """
    root: dict[str, Any] = {}
    nested = False
    for name, value in parse_qsl(text, keep_blank_values=True, errors="strict"):
        if "[" in name:
            nested = True
            _place(root, name, value)
        else:
            root[name] = value
    return {name: _lists(value) for name, value in root.items()} if nested else root


def _place(root: dict[str, Any], name: str, value: str) -> None:
    head, *rest = name.split("[")
    if len(rest) > DEEPEST or not all(part.endswith("]") for part in rest):
        raise invalid(f"Invalid parameter name: {name[:80]}", None, head or None)
    keys = [head, *(part[:-1] for part in rest)]
    here = root
    for key in keys[:-1]:
        inner = here.get(key or str(len(here)))
        if not isinstance(inner, dict):
            inner = {}
            here[key or str(len(here))] = inner
        here = inner
    here[keys[-1] or str(len(here))] = value


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(key.isdecimal() for key in value):
        return [_lists(value[key]) for key in sorted(value, key=int)]
    return {key: _lists(inner) for key, inner in value.items()}
