"""The options of `serve` as settings: the same defaults, and what is wrong with one is said."""

from pathlib import Path
from typing import Any

import pytest
import typer

from webhook.cli.serve import ServeSettings
from webhook.cli.serve_options import ServeOptions

NEEDED: dict[str, Any] = {name: Path(name) for name in ("policies", "tls_cert", "tls_key")}

MEANT: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "what is needed alone": ({}, {}),
    "users, one a line": (
        {"govern_users": "CN=sre,OU=groups\n\n system:serviceaccount:argocd:* \n"},
        {"govern_users": ("CN=sre,OU=groups", "system:serviceaccount:argocd:*")},
    ),
    "no group at all": ({"govern_groups": ""}, {"govern_groups": ()}),
    "a contact that a chart left empty": ({"govern_contact": ""}, {"govern_contact": None}),
    "labels by comma": (
        {"guard_labels": "team,cost-center"},
        {"guard_labels": ("team", "cost-center")},
    ),
    "ConfigMaps of a namespace": (
        {"policies": Path("configmaps"), "namespace": "taxiway"},
        {"policies": Path("configmaps"), "namespace": "taxiway"},
    ),
}


@pytest.mark.parametrize(("given", "meant"), MEANT.values(), ids=MEANT)
def test_what_options_mean(given: dict[str, Any], meant: dict[str, Any]) -> None:
    assert ServeOptions(**NEEDED | given).settings() == ServeSettings(**NEEDED | meant)


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "ConfigMaps of nobody": (
        {"policies": Path("configmaps")},
        "--namespace",
        "is needed with --policies configmaps: it says whose",
    ),
    "a user that is no glob": (
        {"govern_users": "a[b]"},
        "--govern-users",
        "`a[b]` has a character class; only * and ? are wildcards, so list the names instead",
    ),
}


@pytest.mark.parametrize(("given", "option", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said(given: dict[str, Any], option: str, said: str) -> None:
    with pytest.raises(typer.BadParameter) as raised:
        ServeOptions(**NEEDED | given).settings()
    assert (raised.value.param_hint, raised.value.message) == (option, said)
