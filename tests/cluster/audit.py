"""The API server's audit log: what it wrote down of a call, with the webhooks' annotations."""

import json

from tests.cluster.api import Object
from tests.cluster.control_plane import ControlPlane
from tests.serving import until


def audited(control_plane: ControlPlane, thing: Object, verb: str) -> dict[str, str]:
    """The annotations of the last such call about this object."""
    name = thing["metadata"]["name"]

    def last() -> Object:
        lines = control_plane.audit_log.read_text().splitlines()
        events = (json.loads(line) for line in reversed(lines) if name in line)
        return next((one for one in events if about(one, name, verb)), {})

    annotations: dict[str, str] = until(f"{verb} of {name} is audited", last)["annotations"]
    return annotations


def about(event: Object, name: str, verb: str) -> bool:
    return (event["verb"], event["objectRef"].get("name")) == (verb, name)
