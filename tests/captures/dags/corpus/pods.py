"""KubernetesPodOperator: what its arguments come to, one DAG for each matter."""

from datetime import UTC, datetime, timedelta
from inspect import signature

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.providers.cncf.kubernetes.secret import Secret
from kubernetes.client import models as k8s

try:
    from airflow.sdk import DAG, TaskGroup
except ImportError:  # Airflow 2
    from airflow import DAG
    from airflow.utils.task_group import TaskGroup

COMMON = {"schedule": None, "start_date": datetime(2024, 1, 1, tzinfo=UTC), "catchup": False}
KNOWN = signature(KubernetesPodOperator.__init__).parameters
# The provider of Airflow 2.10 refuses a template in a name.
OLD = "runtime_class_name" not in KNOWN
TEMPLATED_NAME = "known" if OLD else "{{ dag.dag_id }}-{{ params.size }}"
IMAGE = "registry.example.com/batch:1"


def known(**given):
    """Those arguments that this release of the provider has."""
    return {name: value for name, value in given.items() if name in KNOWN}


with DAG("plain", **COMMON):
    KubernetesPodOperator(task_id="nothing_but_an_image", image=IMAGE)
    KubernetesPodOperator(task_id="named", name="daily-load", image=IMAGE, cmds=["load"])

with DAG("placement", **COMMON):
    KubernetesPodOperator(
        task_id="placed",
        name="placed",
        image=IMAGE,
        namespace="data",
        node_selector={"pool": "batch"},
        tolerations=[
            k8s.V1Toleration(key="dedicated", operator="Equal", value="a", effect="NoSchedule"),
            {"key": "spot", "operator": "Exists"},
        ],
        affinity=k8s.V1Affinity(
            node_affinity=k8s.V1NodeAffinity(
                required_during_scheduling_ignored_during_execution=k8s.V1NodeSelector(
                    node_selector_terms=[
                        k8s.V1NodeSelectorTerm(
                            match_expressions=[
                                k8s.V1NodeSelectorRequirement("zone", "In", ["a", "b"])
                            ]
                        )
                    ]
                )
            )
        ),
        schedulername="volcano",
        priority_class_name="batch",
        **known(runtime_class_name="gvisor"),
    )

with DAG("storage", **COMMON):
    KubernetesPodOperator(
        task_id="mounted",
        name="mounted",
        image=IMAGE,
        volumes=[
            k8s.V1Volume(name="scratch", empty_dir=k8s.V1EmptyDirVolumeSource(size_limit="1Gi")),
            k8s.V1Volume(
                name="claim",
                persistent_volume_claim=k8s.V1PersistentVolumeClaimVolumeSource("data"),
            ),
        ],
        volume_mounts=[
            k8s.V1VolumeMount(name="scratch", mount_path="/scratch"),
            k8s.V1VolumeMount(name="claim", mount_path="/data", read_only=True, sub_path="in"),
        ],
        secrets=[
            Secret("env", "PASSWORD", "database", "password"),
            Secret("env", None, "whole"),
            Secret("volume", "/etc/keys", "keys"),
        ],
        image_pull_secrets=[k8s.V1LocalObjectReference("registry")],
        image_pull_policy="Always",
    )

with DAG("environment", **COMMON):
    KubernetesPodOperator(
        task_id="given",
        name="given",
        image=IMAGE,
        env_vars={"MODE": "full", "LEVEL": "3"},
        env_from=[
            k8s.V1EnvFromSource(config_map_ref=k8s.V1ConfigMapEnvSource(name="settings")),
            k8s.V1EnvFromSource(prefix="S_", secret_ref=k8s.V1SecretEnvSource(name="secrets")),
        ],
        configmaps=["more-settings"],
        pod_runtime_info_envs=[
            k8s.V1EnvVar(
                name="POD_IP",
                value_from=k8s.V1EnvVarSource(
                    field_ref=k8s.V1ObjectFieldSelector(field_path="status.podIP")
                ),
            )
        ],
        container_resources=k8s.V1ResourceRequirements(
            requests={"cpu": "500m", "memory": "1Gi"}, limits={"memory": "2Gi"}
        ),
    )

with DAG("security", **COMMON):
    KubernetesPodOperator(
        task_id="confined",
        name="confined",
        image=IMAGE,
        service_account_name="etl",
        **known(automount_service_account_token=False),
        security_context={"runAsUser": 1000, "fsGroup": 2000},
        container_security_context={
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
        },
        hostnetwork=True,
        dnspolicy="ClusterFirstWithHostNet",
        hostname="confined",
        subdomain="batch",
        termination_grace_period=5,
        active_deadline_seconds=3600,
        host_aliases=[k8s.V1HostAlias(ip="192.0.2.1", hostnames=["legacy"])],
        dns_config=k8s.V1PodDNSConfig(nameservers=["192.0.2.53"]),
        termination_message_policy="FallbackToLogsOnError",
    )

with DAG("init", **COMMON):
    KubernetesPodOperator(
        task_id="prepared",
        name="prepared",
        image=IMAGE,
        base_container_name="work",
        init_containers=[
            k8s.V1Container(name="fetch", image=IMAGE, args=["fetch"], env=[k8s.V1EnvVar("A", "1")])
        ],
        ports=[k8s.V1ContainerPort(name="http", container_port=8080)],
    )

with DAG("xcom", **COMMON):
    KubernetesPodOperator(task_id="pushes", name="pushes", image=IMAGE, do_xcom_push=True)

with DAG("deferred", **COMMON):
    KubernetesPodOperator(
        task_id="waits",
        name="waits",
        image=IMAGE,
        deferrable=True,
        do_xcom_push=True,
        execution_timeout=timedelta(hours=1),
    )

with DAG("labelled", **COMMON):
    KubernetesPodOperator(
        task_id="team",
        name="team",
        image=IMAGE,
        labels={"team": "payments", "cost-center": "CC-1001", "dag_id": "another", "empty": ""},
        annotations={"owner": "payments@example.com"},
    )

with DAG("hooked", **COMMON):
    KubernetesPodOperator(task_id="altered", name="altered", image=IMAGE, labels={"altered": "yes"})

with DAG("Ids.with--odd__ends_", **COMMON):
    KubernetesPodOperator(task_id="_private", image=IMAGE)
    KubernetesPodOperator(task_id="Upper.Case-" + "x" * 80, image=IMAGE)
    KubernetesPodOperator(task_id="fixed", name="fixed", image=IMAGE, random_name_suffix=False)

with DAG("a-very-long-dag-id-" * 5, **COMMON):
    KubernetesPodOperator(task_id="a-very-long-task-id-" * 5, name="n" * 80, image=IMAGE)

with DAG("grouped", **COMMON), TaskGroup("outer"):
    with TaskGroup("inner"):
        KubernetesPodOperator(task_id="deep", image=IMAGE)
    with TaskGroup("flat", prefix_group_id=False):
        KubernetesPodOperator(task_id="shallow", image=IMAGE)

with DAG(
    "defaulted",
    default_args={"namespace": "data", "image": IMAGE, "labels": {"team": "fraud"}, "retries": 2},
    **COMMON,
):
    KubernetesPodOperator(task_id="inherits", service_account_name="fraud-etl")
    KubernetesPodOperator(task_id="outside", in_cluster=False)
    KubernetesPodOperator(task_id="inside", in_cluster=True)

with DAG(
    "templated", params={"size": "small", "tag": 3}, user_defined_macros={"where": "eu"}, **COMMON
):
    KubernetesPodOperator(
        task_id="known",
        name=TEMPLATED_NAME,
        image="registry.example.com/batch:{{ params.tag }}",
        labels={"task": "{{ ti.task_id }}", "region": "{{ where }}"},
        arguments=["--dag", "{{ dag.dag_id }}", "{{ task.task_id | upper }}"],
        env_vars={"SIZE": "{{ params.size }}"},
    )
    KubernetesPodOperator(
        task_id="unknown",
        name="unknown",
        image="registry.example.com/batch:1",
        arguments=["--day", "{{ ds }}", "--run", "{{ run_id }}"],
        env_vars={"DAY": "{{ ds_nodash }}"},
    )
