"""Policies change under a running service: good, bad, gone, and with the loader killed."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import contract
from tests.server.reviews import POLICY, pod, review, write_policy
from tests.serving import Server, running_server, until

MORE = POLICY.replace("CC-1001", "CC-2002")
BAD = POLICY.replace("costCenters:", "costCentres:")


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    return write_policy(tmp_path / "policies")


@pytest.fixture
def server(tmp_path: Path, policies: Path) -> Iterator[Server]:
    with running_server(policies, tmp_path) as running:
        yield running


def replace(policies: Path, text: str) -> None:
    """As an editor saves a file: all of it at once."""
    draft = policies / ".draft"
    draft.write_text(text)
    draft.rename(policies / "policy.yaml")


def revision(server: Server) -> str:
    found = server.ready()["policy"]["revision"]
    assert isinstance(found, str)
    return found


def next_revision(server: Server, before: str) -> str:
    until("a new revision", lambda: revision(server) != before)
    return revision(server)


def refused(server: Server) -> list[str]:
    """The errors of the last load, once there are any."""
    found = until("an error", lambda: server.ready()["policy"]["last_load"]["errors"])
    assert isinstance(found, list)
    return found


def allows(server: Server, cost_center: str) -> bool:
    sent = review(pod({"cost-center": cost_center}, annotations={}))
    response = server.review("/validate", sent)
    return "cost-center" not in response["status"]["message"]


def test_a_good_change_is_in_force_within_2_s(server: Server, policies: Path) -> None:
    before = revision(server)
    assert (allows(server, "CC-1001"), allows(server, "CC-2002")) == (True, False)
    replace(policies, MORE)
    until("it is in force", lambda: revision(server) != before, 2.0)
    assert (allows(server, "CC-1001"), allows(server, "CC-2002")) == (False, True)


def test_a_bad_change_is_told_with_file_and_line_and_changes_nothing(
    server: Server, policies: Path
) -> None:
    before = revision(server)
    replace(policies, BAD)
    (error,) = refused(server)
    line = BAD.splitlines().index("    costCentres: [CC-1001]") + 1
    assert error.startswith(f"{policies / 'policy.yaml'}:{line}:5: teams.payments.costCentres: ")
    detail = server.ready()
    assert detail["ready"]
    assert detail["policy"]["revision"] == before
    assert detail["policy"]["last_load"]["in_force"] == f"the last good set, {before}"
    assert allows(server, "CC-1001")
    (logged,) = until("a log line", lambda: server.lines("policy-refused"))
    assert (logged["level"], logged["errors"]) == ("error", [error])
    assert server.metric("taxiway_policy_last_load_good") == 0
    assert server.metric('taxiway_policy_loads_total{result="bad"}') == 1


def test_after_a_bad_change_the_same_set_as_before_is_good_again(
    server: Server, policies: Path
) -> None:
    before = revision(server)
    replace(policies, BAD)
    assert refused(server)
    replace(policies, POLICY)
    until("no error", lambda: not server.ready()["policy"]["last_load"]["errors"])
    assert revision(server) == before
    assert server.metric("taxiway_policy_last_load_good") == 1


def test_a_directory_that_is_emptied_is_no_policy(server: Server, policies: Path) -> None:
    before = revision(server)
    (policies / "policy.yaml").unlink()
    (error,) = refused(server)
    assert "no policy document" in error
    assert revision(server) == before
    assert allows(server, "CC-1001")


def test_a_directory_that_is_gone_is_no_policy(server: Server, policies: Path) -> None:
    before = revision(server)
    policies.rename(policies.with_name("elsewhere"))
    assert refused(server) == [f"{policies}: cannot be read: No such file or directory"]
    assert revision(server) == before


def test_a_configmap_volume_exchanges_all_keys_at_once(tmp_path: Path) -> None:
    """As the kubelet writes it: keys link through `..data`, which is renamed over."""
    volume = tmp_path / "volume"
    write_policy(volume / "..2026_01", POLICY)
    (volume / "..data").symlink_to("..2026_01")
    (volume / "policy.yaml").symlink_to("..data/policy.yaml")
    with running_server(volume, tmp_path) as server:
        before = revision(server)
        write_policy(volume / "..2026_02", MORE)
        (volume / "..data_tmp").symlink_to("..2026_02")
        (volume / "..data_tmp").rename(volume / "..data")
        next_revision(server, before)
        assert allows(server, "CC-2002")


def test_a_pod_mutated_before_a_change_is_judged_by_the_set_that_mutated_it(
    server: Server, policies: Path
) -> None:
    before = revision(server)
    sent = review(pod())
    mutated = review(contract.patched(sent, server.review("/mutate", sent)))
    replace(policies, MORE)
    next_revision(server, before)
    assert server.review("/validate", mutated)["allowed"]


def test_a_loader_that_is_killed_is_replaced_and_the_last_good_set_stays(
    server: Server, policies: Path
) -> None:
    before, killed = revision(server), server.loader()
    os.kill(killed, signal.SIGKILL)
    (logged,) = until("a log line", lambda: server.lines("policy-loader-ended"))
    assert logged["reason"] == "it ended with exit code -9"
    assert allows(server, "CC-1001")
    until("another loader", lambda: server.lines("policy-loaded")[1:])
    assert server.loader() != killed
    assert revision(server) == before
    replace(policies, MORE)
    next_revision(server, before)
    assert server.metric('taxiway_policy_loader_restarts_total{reason="ended"}') == 1


def test_the_loader_ends_when_the_service_is_killed(server: Server) -> None:
    loader = server.loader()
    server.process.kill()
    server.process.wait()
    until("its end", lambda: not is_running(loader))


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
    except FileNotFoundError:
        return False
    return state != "Z"  # in a container without an init, no one collects it


def test_teams_that_did_not_change_are_kept_and_others_go_and_come(
    server: Server, policies: Path
) -> None:
    many = "".join(f"  team-{n}: {{costCenters: [CC-{n}]}}\n" for n in range(250))
    first = revision(server)
    replace(policies, POLICY + many)
    second = next_revision(server, first)
    assert server.ready()["policy"]["teams"] == 251
    replace(policies, POLICY + many.replace("  team-7: {costCenters: [CC-7]}\n", ""))
    third = next_revision(server, second)
    assert server.ready()["policy"]["teams"] == 250
    replace(policies, POLICY)
    assert next_revision(server, third) == first
    assert server.ready()["policy"]["teams"] == 1
