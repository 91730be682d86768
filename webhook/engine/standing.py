"""What is broken in a pod that is there already, whatever was said when it came.

| the pod                              | is judged                                             |
|--------------------------------------|-------------------------------------------------------|
| carries `taxiway/applied`            | as it stands                                          |
| does not: it came before the service | as a new one would be left by the patch, and what it  |
| did, or the mutating call failed     | lacks is `not-applied`: a new one would have that     |
| is in audit                          | as the patch would leave it, as everywhere            |
"""

from datetime import date

from webhook.airflow.workload import Workload
from webhook.engine.decision import Decision
from webhook.engine.draft import NOTHING
from webhook.engine.engine import Engine, decision
from webhook.kube.review import AdmissionRequest
from webhook.names import APPLIED


def standing(
    engine: Engine, request: AdmissionRequest, workload: Workload, today: date
) -> Decision:
    """The word on a pod that was read from a cluster: `request.from_cluster`."""
    subject = engine.place(request, workload)
    was_placed = APPLIED in (request.pod.metadata.annotations or NOTHING)
    in_audit = subject.mode == "audit"
    patched = in_audit or not was_placed
    violations, warnings = engine.judge(subject, today, patched=patched)
    if patched and not in_audit:
        missing, ending = engine.missing(subject, today)
        violations += missing
        warnings += [warning for warning in ending if warning not in warnings]
    return decision(subject, violations, warnings)
