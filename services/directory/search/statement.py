"""SQL that is put together from parts: text with $n in it, and the arguments in that order."""

from typing import Any


class Statement:
    """Collects the arguments of one SQL text while its parts are written. What a client typed goes
    nowhere but into `bind`.
    """

    def __init__(self) -> None:
        self.arguments: list[Any] = []
        self._bound: dict[tuple[str, Any], str] = {}

    def bind(self, value: Any, type_: str) -> str:
        """The parameter that stands for `value`, of an SQL type; the same one when that was bound
        before.
        """
        key = (type_, tuple(value) if isinstance(value, list) else value)
        parameter = self._bound.get(key)
        if parameter is None:
            self.arguments.append(value)
            parameter = self._bound[key] = f"${len(self.arguments)}::{type_}"
        return parameter
