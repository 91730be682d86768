"""What a rule judges: one pod as it stands, or as our patch would leave it."""

from collections.abc import Sequence

from msgspec import Struct

from webhook.airflow.workload import Workload
from webhook.engine.draft import Draft
from webhook.engine.placement import Placement
from webhook.engine.whose import Whose
from webhook.kube.pod import Labels
from webhook.kube.review import AdmissionRequest
from webhook.policy.compile import CompiledRequirement, PolicySet
from webhook.policy.spec import Team
from webhook.policy.values import Facts


class Subject(Struct, gc=False):
    """The rules' argument. `labels` are the pod's, or those of the patched pod."""

    policies: PolicySet
    request: AdmissionRequest
    workload: Workload
    whose: Whose
    facts: Facts
    mode: str  # the pod's
    placement: Placement
    draft: Draft
    labels: Labels
    requirements: Sequence[CompiledRequirement]
    is_sound: bool = False  # it was judged, and nothing is broken; nor was anything waived

    @property
    def team(self) -> Team | None:
        return self.whose.team
