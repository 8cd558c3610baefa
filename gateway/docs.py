"""`GET /docs`: the API description as a page, generated from the merged document. It needs no
script, and follows the browser's colour scheme.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from html import escape
from typing import Any

from gateway.operations import Node

_STYLE = """
:root{color-scheme:light dark;--line:#8884;--soft:#8881;
  --get:#075;--post:#26c;--put:#a50;--patch:#a50;--delete:#c22}
@media (prefers-color-scheme:dark){
  :root{--get:#4d9;--post:#7af;--put:#fb6;--patch:#fb6;--delete:#f77}}
*{box-sizing:border-box}
body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:62rem;padding:1rem}
h2{margin:2.5rem 0 .5rem}code,pre{font:.9em ui-monospace,monospace}
pre{background:var(--soft);padding:.75rem;overflow:auto;border-radius:.4rem}
details{border:1px solid var(--line);border-radius:.4rem;margin:.4rem 0}
details>div{padding:0 1rem 1rem}
summary{cursor:pointer;padding:.5rem 1rem;display:flex;gap:.75rem;flex-wrap:wrap;
  align-items:baseline}
summary:focus-visible,a:focus-visible{outline:3px solid var(--post)}
summary>span:last-child{margin-left:auto;opacity:.8}
b.method{min-width:4.5rem;text-transform:uppercase}
b.get{color:var(--get)}b.post{color:var(--post)}b.put{color:var(--put)}
b.patch{color:var(--patch)}b.delete{color:var(--delete)}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;
  border-top:1px solid var(--line)}
h4{margin:1.2rem 0 .2rem}nav a{margin-right:1rem}
"""
_CODE = re.compile(r"`([^`]+)`")


def page(document: Node) -> bytes:
    """The HTML page that shows `document`."""
    groups: dict[str, list[str]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            groups.setdefault(operation["tags"][0], []).append(_operation(method, path, operation))
    described = {tag["name"]: tag["description"] for tag in document["tags"]}
    info = document["info"]
    sections = (
        f'<section aria-labelledby="{escape(name)}"><h2 id="{escape(name)}">{escape(name)}</h2>'
        f"<p>{_text(described.get(name, ''))}</p>{''.join(operations)}</section>"
        for name, operations in groups.items()
    )
    links = "".join(
        f'<a href="#{escape(name)}">{escape(name)}</a>' for name in [*groups, "Schemas"]
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(info['title'])}: API</title><style>{_STYLE}</style></head><body><header>"
        f"<h1>{escape(info['title'])}</h1><p>{_text(info['description'])}</p>"
        "<p>Sign in with <code>POST /users/login</code> and send "
        "<code>Authorization: Bearer …</code>. "
        'As files: <a href="/openapi.json">openapi.json</a>, '
        '<a href="/asyncapi.json">asyncapi.json</a> (events).</p>'
        f'<nav aria-label="Sections">{links}</nav></header><main>{"".join(sections)}'
        '<section aria-labelledby="Schemas"><h2 id="Schemas">Schemas</h2>'
        f"{_schemas(document)}</section>"
        "</main></body></html>"
    ).encode()


def _operation(method: str, path: str, operation: Node) -> str:
    return (
        f'<details id="{escape(operation["operationId"])}"><summary>'
        f'<b class="method {method}">{method}</b>'
        f"<code>{escape(path)}</code><span>{escape(operation['summary'])}</span></summary><div>"
        f"<p>{_text(operation['description'])}</p>{_parameters(operation.get('parameters', ()))}"
        f"{_body(operation.get('requestBody'))}{_answers(operation['responses'])}</div></details>"
    )


def _parameters(parameters: Iterable[Node]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(p['name'])}</code>{' (required)' if p['required'] else ''}</td>"
        f"<td>{escape(p['in'])}</td>"
        f"<td>{_type(p['schema'])}</td><td>{_text(p.get('description', ''))}</td></tr>"
        for p in parameters
    )
    return f"<h4>Parameters</h4><table>{rows}</table>" if rows else ""


def _body(body: Node | None) -> str:
    if body is None:
        return ""
    kinds, media = ", ".join(body["content"]), next(iter(body["content"].values()))
    needed = "" if body["required"] else " (optional)"
    return f"<h4>Body{needed}: {escape(kinds)}, {_type(media['schema'])}</h4>{_example(media)}"


def _answers(responses: Node) -> str:
    good = "".join(
        _good(status, response) for status, response in responses.items() if status < "400"
    )
    rows = "".join(
        f"<tr><td>{escape(status)}</td><td>{_text(response['description'])}</td></tr>"
        for status, response in responses.items()
        if status >= "400"
    )
    return f"{good}<h4>Errors</h4><table>{rows}</table>"


def _good(status: str, response: Node) -> str:
    content = response.get("content", {})
    if not content:
        return f"<h4>{escape(status)}: {_text(response['description'])}</h4>"
    media = next(iter(content.values()))
    return f"<h4>{escape(status)}: {_type(media['schema'])}</h4>{_example(media)}"


def _example(media: Node) -> str:
    """The example; pictures have none."""
    return _json(media["example"]) if "example" in media else ""


def _schemas(document: Node) -> str:
    return "".join(
        f'<details id="schema-{escape(name)}"><summary><code>{escape(name)}</code></summary><div>'
        f"<p>{_text(schema.get('description', ''))}</p>{_fields(schema)}</div></details>"
        for name, schema in document["components"]["schemas"].items()
    )


def _fields(schema: Node) -> str:
    if "properties" not in schema:
        return _json(schema)
    required = schema.get("required", ())
    rows = "".join(
        f"<tr><td><code>{escape(name)}</code>{'' if name in required else ' (optional)'}</td>"
        f"<td>{_type(field)}</td>"
        f"<td>{_text(field.get('description', ''))}</td></tr>"
        for name, field in schema["properties"].items()
    )
    return f"<table>{rows}</table>"


def _type(schema: Node) -> str:
    """A short description of a schema, with links."""
    if "$ref" in schema:
        name = escape(str(schema["$ref"]).rpartition("/")[2])
        return f'<a href="#schema-{name}">{name}</a>'
    if "enum" in schema:
        return " | ".join(f"<code>{escape(str(value))}</code>" for value in schema["enum"])
    choices = schema.get("oneOf") or schema.get("anyOf")
    if choices:
        return " | ".join(_type(choice) for choice in choices)
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    bounds = [f"{word} {schema[key]}" for key, word in _BOUNDS.items() if key in schema]
    words = [str(schema.get("format") or schema.get("type", "anything")), *bounds]
    return escape(", ".join(words))


_BOUNDS = {"minimum": "≥", "maximum": "≤", "minLength": "length ≥", "maxLength": "length ≤"}


def _json(value: Any) -> str:
    return f'<pre tabindex="0">{escape(json.dumps(value, indent=2, ensure_ascii=False))}</pre>'


def _text(text: str) -> str:
    return _CODE.sub(r"<code>\1</code>", escape(str(text), quote=False))
