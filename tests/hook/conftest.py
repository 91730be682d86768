"""The hook, for every test here."""

from tests.hook.given import hook

__all__ = ["hook"]
