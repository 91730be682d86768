"""The policy language as JSON Schema, for editors: made from the very shapes that the loader reads.

It tells what one key may hold. What takes two keys or two documents to tell (a request above its
limit, a team that does not exist) only the loader says.
"""

from webhook.policy.language import DOCUMENT
from webhook.policy.places import Json


def json_schema() -> Json:
    """The schema of one policy document, draft 2020-12."""
    parts: Json = {}
    root = DOCUMENT.schema(parts)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Taxiway policy (taxiway/v1)",
        "description": DOCUMENT.about,
        **root,
        "$defs": parts,
    }
