"""The policy that the documentation shows loads whole, and becomes exactly this."""

from datetime import date
from pathlib import Path

from webhook import names
from webhook.kube.pod import Toleration
from webhook.policy.compile import compile_policy
from webhook.policy.load import load
from webhook.policy.revision import with_revision
from webhook.policy.spec import (
    Apply,
    ClusterDefaults,
    Exemption,
    Iam,
    LabelKeys,
    Match,
    Members,
    PolicySpec,
    Profile,
    Requirement,
    Stage,
    Team,
)

EXAMPLE = Path(__file__).parent / "example.yaml"

SPEC = with_revision(
    PolicySpec(
        revision="",
        labels=LabelKeys(team="team", cost_center="cost-center"),
        mode="enforce",
        docs="https://wiki.example.com/airflow-pods",
        controllers=("system:serviceaccount:spark-operator:*",),
        cluster_defaults=ClusterDefaults(
            service_account_name=("default",),
            scheduler_name=("default-scheduler",),
            priority_class_name=("cluster-default",),
            runtime_class_name=(),
        ),
        requirements=(
            Requirement(label="team"),
            Requirement(label="cost-center", cost_centers=True),
            Requirement(
                label="data-class", values=("public", "internal", "restricted"), mode="warn"
            ),
            Requirement(
                label="ticket",
                pattern="^[A-Z]+-[0-9]+$",
                match=Match(workloads=("pod-operator",), namespaces=("prod-*",)),
            ),
        ),
        stages=(Stage(namespaces=("dev-*",), mode="audit"),),
        profiles=(
            Profile(
                name="spot",
                match=Match(labels={"capacity": ("spot",)}),
                apply=Apply(
                    tolerations=(
                        Toleration(
                            key="capacity", operator="Equal", value="spot", effect="NoSchedule"
                        ),
                    )
                ),
            ),
        ),
        teams={
            "payments": Team(
                name="payments",
                contact="#payments-data",
                cost_centers=("CC-1001", "CC-1002"),
                members=Members(
                    namespaces=("airflow",),
                    dags=("payments_*",),
                    users=(
                        "system:serviceaccount:airflow:airflow-scheduler",
                        "system:serviceaccount:airflow:airflow-worker",
                    ),
                ),
                apply=Apply(
                    labels={"cost-center": "CC-1001"},
                    tolerations=(
                        Toleration(
                            key="dedicated",
                            operator="Equal",
                            value="payments",
                            effect="NoSchedule",
                        ),
                    ),
                    node_selector={"pool": "payments"},
                    iam=Iam(
                        provider="kube2iam",
                        role="arn:aws:iam::111122223333:role/payments",
                        workloads=names.WORKLOADS,
                    ),
                ),
            )
        },
        exemptions=(
            Exemption(
                name="legacy-backfill",
                match=Match(namespaces=("airflow",), dags=("legacy_backfill",)),
                waives=("cost-center",),
                reason="INC-4711, being rewritten",
                approved_by="sre-leads",
                expires=date(2026, 12, 31),
            ),
        ),
    )
)


def test_the_example_becomes_this_set_without_a_warning() -> None:
    loaded = load([(EXAMPLE.name, EXAMPLE.read_bytes())], today=date(2026, 1, 1))
    assert loaded.spec == SPEC
    assert loaded.warnings == ()


def test_the_example_compiles() -> None:
    assert compile_policy(SPEC).revision == SPEC.revision
