"""What SREs write: a policy set as data, checked when it is loaded and indexed when it is compiled.

This package file imports nothing that reads YAML: the process that serves takes its policies from
the one that loads them, and must be able to import `policy.spec` and `policy.compile` alone.
Loading is `webhook.policy.load`.
"""

from webhook.policy.spec import PolicySpec

__all__ = ["PolicySpec"]
