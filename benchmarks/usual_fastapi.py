"""A mutating webhook in FastAPI's usual shape, doing what Taxiway does to a measured pod.

pydantic models of the review with the pod as a dict in it, a deep copy that is changed, and
`jsonpatch.make_patch` of both: how tutorials and most webhooks in Python are written.

`python -m benchmarks.usual_fastapi CERT KEY PORT TEAMS`
"""

import base64
import copy
import json
import sys
from pathlib import Path
from typing import Any

import jsonpatch
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from benchmarks import uvicorn_alone

Pod = dict[str, Any]


class Model(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class UserInfo(Model):
    username: str
    groups: list[str] = []


class AdmissionRequest(Model):
    uid: str
    kind: dict[str, str]
    namespace: str | None = None
    operation: str
    user_info: UserInfo
    object: Pod | None = None


class AdmissionResponse(Model):
    uid: str
    allowed: bool
    patch_type: str | None = None
    patch: str | None = None


class AdmissionReview(Model):
    api_version: str = "admission.k8s.io/v1"
    kind: str = "AdmissionReview"
    request: AdmissionRequest | None = None
    response: AdmissionResponse | None = None


class Team(Model):
    name: str
    cost_center: str
    namespaces: list[str]
    dag_prefix: str
    users: list[str]
    priority_class: str
    role: str


app = FastAPI()
teams: dict[str, Team] = {}  # by the prefix of their dags


@app.post("/mutate", response_model_exclude_none=True)
async def mutate(review: AdmissionReview) -> AdmissionReview:
    request = review.request
    assert request is not None
    response = AdmissionResponse(uid=request.uid, allowed=True)
    if request.object is not None and (team := team_of(request.object, request)) is not None:
        changed = copy.deepcopy(request.object)
        place(changed, team)
        patch = jsonpatch.make_patch(request.object, changed).to_string()
        response.patch = base64.b64encode(patch.encode()).decode()
        response.patch_type = "JSONPatch"
    return AdmissionReview(response=response)


def team_of(pod: Pod, request: AdmissionRequest) -> Team | None:
    metadata = pod["metadata"]
    if metadata.get("labels", {}).get("kubernetes_executor") != "True":
        return None
    first, *more = metadata.get("annotations", {}).get("dag_id", "").split("_")
    for part in more:
        team = teams.get(f"{first}_")
        if team and request.namespace in team.namespaces:
            return team if request.user_info.username in team.users else None
        first = f"{first}_{part}"
    return None


def place(pod: Pod, team: Team) -> None:
    metadata, spec = pod["metadata"], pod["spec"]
    metadata.setdefault("annotations", {})["iam.amazonaws.com/role"] = team.role
    metadata["annotations"]["taxiway/applied"] = team.name
    metadata["labels"] |= {"team": team.name, "cost-center": team.cost_center}
    spec.setdefault("nodeSelector", {})["pool"] = team.name
    spec.setdefault("tolerations", []).append(
        {"key": "dedicated", "operator": "Equal", "value": team.name, "effect": "NoSchedule"}
    )
    spec["priorityClassName"] = team.priority_class
    spec.pop("priority", None)
    spec.pop("preemptionPolicy", None)


if __name__ == "__main__":
    for each in json.loads(Path(sys.argv[4]).read_text()):
        teams[each["dagPrefix"]] = Team(**each)
    uvicorn_alone.main(app)
