"""What we decide: whose pod it is, what its policy adds, and what is broken. Pure."""

from webhook.engine.decision import Decision, Violation
from webhook.engine.engine import Engine, decision
from webhook.engine.operation import Operation

__all__ = ["Decision", "Engine", "Operation", "Violation", "decision"]
