"""What is said of an error that should not be, where it must not end what it happened in."""

import traceback


def bug(error: Exception, what: str = "policies cannot be read") -> str:
    """Its kind and its place; its text may hold what nobody should read."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    kind = type(error).__name__
    return f"{what} for a bug: {kind} at {place.filename}:{place.lineno}: report it"
