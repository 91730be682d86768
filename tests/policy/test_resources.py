# ruff: noqa: E501 - an expected line is one line here too
"""The container's requests and limits: what the API server would refuse or round."""

import pytest

from tests.policy.loading import applying, refused

# What is written, and every line that the loader then says.
REFUSED: dict[str, tuple[str, *tuple[str, ...]]] = {
    "a request above its limit": (
        "container: {resources: {requests: {cpu: 2}, limits: {cpu: 1500m}}}",
        "p.yaml:3:41: teams.a.apply.container.resources.requests.cpu: 2 is above its limit 1500m",
    ),
    "a negative quantity": (
        "container: {resources: {requests: {cpu: -1}}}",
        "p.yaml:3:41: teams.a.apply.container.resources.requests.cpu: -1 is negative",
    ),
    "what is no quantity": (
        "container: {resources: {requests: {memory: 1GB}}}",
        "p.yaml:3:44: teams.a.apply.container.resources.requests.memory: `1GB` is no quantity; write one such as 500m, 2 or 1Gi",
    ),
    "a quantity that YAML readers differ about": (
        "container: {resources: {requests: {cpu: 010}}}",
        'p.yaml:3:41: teams.a.apply.container.resources.requests.cpu: YAML readers differ about 010; quote it: "010"',
    ),
    "an exponent that YAML readers differ about": (
        "container: {resources: {requests: {memory: 1e9}}}",
        'p.yaml:3:44: teams.a.apply.container.resources.requests.memory: YAML readers differ about 1e9; quote it: "1e9"',
    ),
    "a quantity finer than a thousandth": (
        "container: {resources: {requests: {cpu: 0.0005}}}",
        "p.yaml:3:41: teams.a.apply.container.resources.requests.cpu: 0.0005 is finer than a thousandth (1m), to which Kubernetes would round it",
    ),
    "a quantity past 63 bits": (
        "container: {resources: {requests: {memory: 16Ei}}}",
        "p.yaml:3:44: teams.a.apply.container.resources.requests.memory: 16Ei is more than a quantity can hold, 2^63-1",
    ),
    "m for M": (
        "container: {resources: {limits: {memory: 512m}}}",
        "p.yaml:3:42: teams.a.apply.container.resources.limits.memory: 512m is a fraction, and memory comes whole; did you mean 512M?",
    ),
    "a resource that containers do not have": (
        "container: {resources: {requests: {memroy: 1Gi}}}",
        "p.yaml:3:36: teams.a.apply.container.resources.requests.memroy: `memroy` is no resource of a container; did you mean `memory`?",
    ),
    "a resource of quotas": (
        "container: {resources: {requests: {requests.nvidia.com/gpu: 1}, limits: {requests.nvidia.com/gpu: 1}}}",
        'p.yaml:3:36: teams.a.apply.container.resources.requests["requests.nvidia.com/gpu"]: `requests.nvidia.com/gpu` begins as quotas name resources; leave out `requests.`',
        'p.yaml:3:74: teams.a.apply.container.resources.limits["requests.nvidia.com/gpu"]: `requests.nvidia.com/gpu` begins as quotas name resources; leave out `requests.`',
    ),
    "an extended resource of a bad name": (
        "container: {resources: {limits: {nvidia.com/: 1}}}",
        'p.yaml:3:34: teams.a.apply.container.resources.limits["nvidia.com/"]: `nvidia.com/` is no name of an extended resource; write one such as nvidia.com/gpu',
    ),
    "an extended resource's request alone": (
        "container: {resources: {requests: {nvidia.com/gpu: 1}}}",
        'p.yaml:3:52: teams.a.apply.container.resources.requests["nvidia.com/gpu"]: nvidia.com/gpu must have a limit too, equal to the request 1',
    ),
    "an extended resource's request that is not its limit": (
        "container: {resources: {requests: {nvidia.com/gpu: 1}, limits: {nvidia.com/gpu: 2}}}",
        'p.yaml:3:52: teams.a.apply.container.resources.requests["nvidia.com/gpu"]: 1 must be equal to the limit 2, as nvidia.com/gpu is not shared',
    ),
    "a part of an extended resource": (
        "container: {resources: {limits: {nvidia.com/gpu: 500m}}}",
        'p.yaml:3:50: teams.a.apply.container.resources.limits["nvidia.com/gpu"]: 500m is a fraction, and nvidia.com/gpu comes whole',
    ),
    "huge pages without cpu or memory": (
        "container: {resources: {limits: {hugepages-2Mi: 4Mi}}}",
        "p.yaml:3:24: teams.a.apply.container.resources: huge pages want cpu or memory as well; add a request for one of them",
    ),
    "huge pages that are not whole": (
        "container: {resources: {requests: {cpu: 1}, limits: {hugepages-2Mi: 3Mi}}}",
        "p.yaml:3:69: teams.a.apply.container.resources.limits.hugepages-2Mi: 3Mi is no multiple of the page size 2Mi",
    ),
    "huge pages of no size": (
        "container: {resources: {requests: {cpu: 1}, limits: {hugepages-big: 4Mi}}}",
        "p.yaml:3:54: teams.a.apply.container.resources.limits.hugepages-big: `hugepages-big` names no page size; write one such as hugepages-2Mi",
    ),
    "huge pages' request that is not its limit": (
        "container: {resources: {requests: {cpu: 1, hugepages-2Mi: 2Mi}, limits: {hugepages-2Mi: 4Mi}}}",
        "p.yaml:3:59: teams.a.apply.container.resources.requests.hugepages-2Mi: 2Mi must be equal to the limit 4Mi, as hugepages-2Mi is not shared",
    ),
    "a list for a quantity": (
        "container: {resources: {requests: {cpu: [1]}}}",
        "p.yaml:3:41: teams.a.apply.container.resources.requests.cpu: must be a quantity such as 500m, 2 or 1Gi, not a list",
    ),
    "claims": (
        "container: {resources: {claims: [{name: a}]}}",
        "p.yaml:3:25: teams.a.apply.container.resources.claims: unknown key; did you mean `limits`?",
    ),
}


@pytest.mark.parametrize(
    ("text", "lines"), [(row[0], row[1:]) for row in REFUSED.values()], ids=REFUSED
)
def test_it_is_refused(text: str, lines: tuple[str, ...]) -> None:
    assert refused(applying(text)) == list(lines)
