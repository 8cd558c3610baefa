"""SQL composed of parts: text with $n, and the arguments in that order."""

from typing import Any


class Statement:
    """Collects the arguments of one SQL text while its parts are composed. Client input is passed
    only to `bind`.
    """

    def __init__(self) -> None:
        self.arguments: list[Any] = []
        self._bound: dict[tuple[str, Any], str] = {}

    def bind(self, value: Any, type_: str) -> str:
        """The placeholder for `value` with an SQL type; the same one if that value was bound
        before.
        """
        key = (type_, tuple(value) if isinstance(value, list) else value)
        parameter = self._bound.get(key)
        if parameter is None:
            self.arguments.append(value)
            parameter = self._bound[key] = f"${len(self.arguments)}::{type_}"
        return parameter
