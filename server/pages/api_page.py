"""The OpenAPI description as one plain page: no script, nothing from another host."""

import json
from collections.abc import Iterator
from html import escape
from typing import Any

Json = dict[str, Any]


def api_page(openapi: Json) -> str:
    """HTML for an OpenAPI 3.1 document: operations by tag, bodies by field."""
    title = escape(f"{openapi['info']['title']} {openapi['info']['version']}")
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f'<title>{title}</title>\n<link rel="stylesheet" href="/style.css">',
            f"<h1>{title}</h1>",
            "<p>Bodies are JSON. Wire objects are base64url, without padding, of their CBOR. "
            "What is refused comes as <code>application/problem+json</code> with a stable "
            "<code>type</code>. For programs: "
            '<a href="/openapi.json">openapi.json</a>.</p>',
            *_sections(openapi),
            "</html>",
        ]
    )


def _sections(openapi: Json) -> Iterator[str]:
    by_tag: dict[str, list[str]] = {}
    for path, methods in openapi.get("paths", {}).items():
        for method, operation in methods.items():
            tag = (operation.get("tags") or ["other"])[0]
            html = _operation(path, method=method, operation=operation, openapi=openapi)
            by_tag.setdefault(tag, []).append(html)
    for tag, operations in by_tag.items():
        yield f"<h2>{escape(tag.capitalize())}</h2>"
        yield from operations


def _operation(path: str, *, method: str, operation: Json, openapi: Json) -> str:
    parts = [
        f"<details><summary><b>{escape(method.upper())}</b> <code>{escape(path)}</code> "
        f"{escape(operation.get('summary', ''))}</summary>"
    ]
    if operation.get("description"):
        parts.append(f"<p>{escape(operation['description'])}</p>")
    request = _schema_of(operation.get("requestBody", {}), openapi=openapi)
    if request:
        parts.append("<p>Takes</p>" + _fields(request, openapi=openapi))
    for status, response in operation.get("responses", {}).items():
        answer = _schema_of(response, openapi=openapi)
        if status.startswith("2") and answer:
            parts.append(f"<p>Answers {escape(status)}</p>" + _fields(answer, openapi=openapi))
    return "".join(parts) + "</details>"


def _schema_of(message: Json, *, openapi: Json) -> Json:
    content: Json = message.get("content", {}).get("application/json", {})
    return _resolved(content.get("schema", {}), openapi=openapi)


def _resolved(schema: Json, *, openapi: Json) -> Json:
    for choice in schema.get("anyOf", ()):
        if "$ref" in choice:
            schema = choice
    if "$ref" in schema:
        found: Json = openapi["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return found
    return schema


def _fields(schema: Json, *, openapi: Json) -> str:
    intro = f"<p>{escape(schema['description'])}</p>" if schema.get("description") else ""
    properties = schema.get("properties")
    if not properties:
        return intro or f"<pre><code>{escape(json.dumps(schema))}</code></pre>"
    required = set(schema.get("required", ()))
    rows = "".join(
        f"<tr><td><code>{escape(name)}</code></td>"
        f"<td>{escape(_type_of(field, openapi=openapi))}</td>"
        f"<td>{'' if name in required else 'optional'} {escape(field.get('description', ''))}</td>"
        "</tr>"
        for name, field in properties.items()
    )
    return f"{intro}<table>{rows}</table>"


def _type_of(field: Json, *, openapi: Json) -> str:
    if "anyOf" in field:
        return " or ".join(_type_of(choice, openapi=openapi) for choice in field["anyOf"])
    if "$ref" in field:
        inner = _resolved(field, openapi=openapi).get("properties", {})
        return "{" + ", ".join(inner) + "}"
    if field.get("type") == "array":
        return "list of " + _type_of(field.get("items", {}), openapi=openapi)
    if "enum" in field:
        return " | ".join(str(value) for value in field["enum"])
    return str(field.get("const", field.get("type", "any")))
