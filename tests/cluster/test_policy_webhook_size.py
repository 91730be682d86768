"""Ten thousand teams, and a change of one ConfigMap of them judged before it is stored."""

import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.cluster import binaries
from tests.cluster.link import Link
from tests.cluster.lone_api_server import LoneApiServer, lone_api_server
from tests.cluster.site import (
    ACCOUNT,
    NAMESPACE,
    Place,
    answering_all_along,
    config_map,
    make_site_world,
    policy_of,
)
from tests.cluster.test_policy_webhook import DENIED, asked_about_policies
from tests.serving import until

pytestmark = pytest.mark.cluster

TEAMS, CONFIG_MAPS = 10_000, 4
LOAD_SECONDS = 180.0  # 10 s on an idle machine, the service's start included
WEBHOOK_SECONDS = 15.0  # what the API server waits
TEAM = """\
---
apiVersion: taxiway/v1
teams:
  team-{0:05}:
    contact: "#team-{0:05}"
    costCenters: [CC-{0:05}]
    members: {{namespaces: [airflow], dags: ["team_{0:05}_*"]}}
    apply:
      labels: {{cost-center: CC-{0:05}}}
      tolerations: [{{key: dedicated, operator: Equal, value: team-{0:05}, effect: NoSchedule}}]
      nodeSelector: {{pool: team-{0:05}}}
"""


def teams(part: int) -> str:
    count = TEAMS // CONFIG_MAPS
    return "".join(TEAM.format(number) for number in range(part * count, (part + 1) * count))


@pytest.fixture
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LoneApiServer, Place]]:
    """One replica, with all of them in force."""
    folder = tmp_path_factory.mktemp("size")
    with ExitStack() as stack:
        found = binaries.locate(binaries.wanted_kubernetes())
        server = stack.enter_context(lone_api_server(found, folder))
        make_site_world(server.api)
        server.api.create(config_map("base", teams_yaml=policy_of("payments"))).made()
        for part in range(CONFIG_MAPS):
            server.api.create(config_map(f"teams-{part}", t_yaml=teams(part))).made()
        one = Place(server, folder, stack.enter_context(Link(server.port)))
        one.identify(server.api.token(ACCOUNT, NAMESPACE))
        stack.enter_context(one.running(wait=False))
        until("all in force", lambda: one.policy["teams"] == TEAMS + 1, LOAD_SECONDS)
        yield server, one


def test_a_change_among_ten_thousand_teams_is_judged_in_time_while_pods_are_answered(
    place: tuple[LoneApiServer, Place],
) -> None:
    server, replica = place
    good = config_map("teams-1", t_yaml=teams(1).replace("#team-", "#the-team-"))
    bad = config_map("teams-1", t_yaml=teams(1).replace("contact", "kontact", 1))
    with asked_about_policies(server.api, replica), answering_all_along([replica]):
        started = time.monotonic()
        refused = server.api.replace(bad)
        admitted = server.api.replace(good)
        lasted = time.monotonic() - started
    assert refused.refusal == (
        400,
        "BadRequest",
        f"{DENIED}an error:\nteams-1/t.yaml:5:5: teams.team-02500.kontact: unknown key; "
        "did you mean `contact`?",
    )
    assert (admitted.code, admitted.warnings) == (200, ())
    assert lasted < 2 * WEBHOOK_SECONDS
