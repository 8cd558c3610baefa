"""Values at and beyond every limit that a JSON Schema sets, and those that people and attackers are
known to send. Which of them a schema allows is for a validator to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs

Schema = Mapping[str, Any]

TEXTS = (
    "", " ", "\t", "x", "Ada", " Ada ", "Zoë", "e\u0301", "a\nb", "Ada\n", "\nAda", "a\r\nb",
    "a\tb", "\0", "a\0b", "a\x07b", "a\x85b", "a\u2028b", "a\u202eb", "a\u2066b", "\u200b",
    "a\u200bb", "a\u00adb", "\ufeffa", "\u3164", "\u2800", "\u0301", "\u00a0", "a\ue000b",
    "a\u0378b",
    "\U000f0000", "می‌خواهم", "नमस्ते", "\u0958", "👩‍💻", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "❤️", "李小龍",
    "null", "true", "1", "1e0",
)  # fmt: skip
INSTANTS = (
    "2000-01-01T00:00:00Z", "2000-01-01T00:00:00+14:00", "1999-12-31T23:59:59Z",
    "2099-12-31T23:59:59Z", "2099-12-31T23:59:59.999999999Z", "2099-12-31T12:00:00-14:00",
    "2100-01-01T00:00:00Z", "2060-06-01t09:00:00.5z", "2060-06-01T09:00:00+05:30",
    "2060-06-01T09:00:00-00:00", "2060-06-01T09:00:00", "2060-06-01 09:00:00Z",
    "2060-06-01T09:00:00+0530", "2060-06-01T09:00:60Z", "2060-06-01T24:00:00Z",
    "2060-02-30T09:00:00Z", "2060-13-01T09:00:00Z", "2060-06-01T09:00Z", "2060-06-01",
    "2060-06-01T09:00:00Z\n", " 2060-06-01T09:00:00Z", "1765357200", "0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z", "٢٠٦٠-06-01T09:00:00Z", "2060-06-01T09:00:00.1234567890Z",
)  # fmt: skip
DATES = (
    "2000-01-01", "2099-12-31", "1999-12-31", "2100-01-01", "2060-02-29", "2061-02-29",
    "2060-13-01", "2060-6-1", "20600601", "2060-06-01T00:00:00Z", "0001-01-01",
    "9999-12-31", "2060-06-01\n",
)  # fmt: skip
IDS = (
    "01930000-0000-7000-8000-000000000000", "01930000-0000-7000-8000-00000000ABCD",
    "00000000-0000-0000-0000-000000000000", "01930000000070008000000000000000",
    "{01930000-0000-7000-8000-000000000000}", "urn:uuid:01930000-0000-7000-8000-000000000000",
    "01930000-0000-7000-8000-00000000000g", "01930000-0000-7000-8000-000000000000\n", "1",
)  # fmt: skip
ADDRESSES = (
    " ada.pasted@example.org ", "ada\u202e@example.org", "a\u200bda@example.org", "ada@example",
    "ada@example..org", ".ada@example.org", "ada.@example.org", "a..da@example.org", "ada@",
    "ada@example.123", "ada @example.org", "ada@exam ple.org", '"ada"@example.org', "ada",
    "用户@例子.广告", "o'neill+tag@mail.example.org", "a" * 64 + "@example.org",
    "a" * 65 + "@example.org", "a@" + ("b" * 62 + ".") * 4, "ada@example.org\nx",
    "a@" + ("b" * 59 + ".") * 4 + "e" * 12, "a@" + ("b" * 59 + ".") * 4 + "e" * 13,
)  # fmt: skip
ZONES = (
    "Europe/Berlin", "Asia/Calcutta", "UTC", "Etc/GMT+5", "America/Port-au-Prince", "utc",
    "localtime", "posixrules", "Factory", "Mars/X", "CEST", "../UTC", "Europe/Berlin\n", "Europe",
)  # fmt: skip
CLOCKS = ("00:00", "23:59", "24:00", "24:01", "9:00", "09:60", "09:00:00", "09:00\n", "٠٩:00")
URLS = (
    "https://example.org/a.ics", "webcal://example.org/a", " HTTPS://example.org:8443/a?b=c#d ",
    "ftp://example.org/a", "https://", "https:///a", "https://example.org:65535/",
    "https://example.org:65536/", "https://exa mple.org/", "/a.ics", "https://example.org/\u202e",
    "https://u:p@example.org/", "https://kalender.müller.de/büro.ics", "https://例え.テスト/é?ü#ß",
    "http://１２７.0.0.1/", "https://🎉.org/", "https://exa\u200bmple.org/", "https://x.org/\ue000",
    "https://ü：80/", "https://" + "ü" * 60 + ".org/",
)  # fmt: skip
LANGUAGES = ("en", "pt-BR", "zh-Hans-CN", "EN", "e", "engl", "en_US", "en-", "en\n")
CURSORS = ("A" * 36, "A" * 512, "A" * 513, "A" * 35, "a b", "A" * 40 + "=", "A" * 40 + "\n")
# For a schema of which nothing else is known, one of each.
ANY_TEXTS = tuple(
    kind[0] for kind in (INSTANTS, DATES, IDS, ADDRESSES, ZONES, CLOCKS, URLS, LANGUAGES, CURSORS)
)
# By a text that the schema's pattern takes, and that is not taken by others.
BY_PATTERN = (CLOCKS, URLS, LANGUAGES, CURSORS, ZONES, ADDRESSES)
NO_TEXTS: tuple[Any, ...] = (None, True, 0, 1.5, [], {}, ["x"])


def resolved(schema: Schema, components: Mapping[str, Schema]) -> dict[str, Any]:
    """`schema` with what it refers to, and with the first of its choices."""
    if "$ref" in schema:
        target = components[str(schema["$ref"]).rpartition("/")[2]]
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        return resolved({**target, **beside}, components)
    if "anyOf" in schema:
        return resolved(schema["anyOf"][0], components)
    return dict(schema)


def texts(schema: Schema) -> Iterator[str]:
    """Texts for a schema of a string, each once."""
    found = [*TEXTS, *ANY_TEXTS, *schema.get("examples", ())]
    found += {"date-time": INSTANTS, "date": DATES, "uuid": IDS}.get(schema.get("format", ""), ())
    for kind in BY_PATTERN:
        # as validators read patterns: Python's `re` knows no properties of characters
        if "pattern" in schema and jsonschema_rs.is_valid({"pattern": schema["pattern"]}, kind[0]):
            found += kind
    for choice in schema.get("enum", ()):
        found += [choice, choice.upper(), f"{choice} ", choice[:-1]]
    for name in ("minLength", "maxLength"):
        if name in schema:
            for length in (schema[name] - 1, schema[name], schema[name] + 1):
                found += ["x" * length, "👍" * length]
            found.append("e\u0301" * schema[name])
    yield from dict.fromkeys(found)


def numbers(schema: Schema) -> Iterator[float]:
    """Numbers for a schema of one."""
    bounds = [schema[name] for name in ("minimum", "maximum") if name in schema]
    near = [bound + step for bound in bounds for step in (-1, 0, 1)]
    yield from dict.fromkeys([*near, 0, -1, 2**31, 2**63, 10**30, 1.5])


def values(schema: Schema, components: Mapping[str, Schema], valid: Any) -> Iterator[Any]:
    """JSON values for a schema, whatever it is; `valid` is one that it allows."""
    schema = resolved(schema, components)
    kind = schema.get("type", "string" if "enum" in schema else None)
    yield from NO_TEXTS
    yield "x"
    if kind == "string":
        yield from texts(schema)
    elif kind in ("integer", "number"):
        yield from numbers(schema)
        yield from (float(bound) for bound in (schema.get("minimum"),) if bound is not None)
        yield from ("1", False)
    elif kind == "boolean":
        yield from (False, "true", 1)
    elif kind == "array":
        item = valid[0] if valid else None
        for count in (schema.get("minItems", 0), schema.get("maxItems", 0)):
            yield from ([item] * number for number in (count - 1, count, count + 1) if number >= 0)
