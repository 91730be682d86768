"""The policy language, and that of its tests, as JSON Schema for editors.

Both are made from the very shapes that the loaders read.

It tells what one key may hold. What takes two keys or two documents to tell (a request above its
limit, a team that does not exist) only the loader says.
"""

from webhook.policy import cases, language, language_cases
from webhook.policy.places import Json
from webhook.policy.shapes import Record


def json_schema() -> Json:
    """The schema of one policy document, draft 2020-12."""
    return _schema(f"Taxiway policy ({language.VERSION})", language.DOCUMENT)


def cases_json_schema() -> Json:
    """The schema of one document of policy tests."""
    return _schema(f"Taxiway policy tests ({cases.VERSION})", language_cases.DOCUMENT)


def _schema(title: str, document: Record) -> Json:
    parts: Json = {}
    root = document.schema(parts)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "description": document.about,
        **root,
        "$defs": parts,
    }
