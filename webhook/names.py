"""Every label, annotation and metric name that Taxiway reads or writes, in one place."""

# Airflow's own labels. Source: Airflow's `pod_generator.py` and cncf.kubernetes `operators/pod.py`.
KUBERNETES_EXECUTOR = "kubernetes_executor"
KUBERNETES_POD_OPERATOR = "kubernetes_pod_operator"
SPARK_KUBERNETES_OPERATOR = "spark_kubernetes_operator"
AIRFLOW_WORKER = "airflow-worker"
AIRFLOW_VERSION = "airflow_version"
DAG_ID = "dag_id"
TASK_ID = "task_id"
RUN_ID = "run_id"
EXECUTION_DATE = "execution_date"
SPARK_ROLE = "spark-role"

# Labels that Airflow selects its pods by, or that say what a pod is: a policy that sets one of
# them would hide a pod from Airflow, or pass it off as another workload.
AIRFLOW_OWN_LABELS = frozenset(
    {
        KUBERNETES_EXECUTOR,
        KUBERNETES_POD_OPERATOR,
        SPARK_KUBERNETES_OPERATOR,
        AIRFLOW_WORKER,
        AIRFLOW_VERSION,
        DAG_ID,
        TASK_ID,
        RUN_ID,
        EXECUTION_DATE,
        SPARK_ROLE,
        "try_number",
        "map_index",
        "parent_dag_id",
        "ti_id",
        "logical_date",
        "already_checked",
        "airflow_executor_done",
        "airflow_pod_revoked",
        "airflow_kpo_in_cluster",
    }
)

# The labels of the three Helm charts that run Celery workers: Airflow's own and the community's
# use the short keys, Bitnami's the ones that Kubernetes recommends.
TIER = "tier"
COMPONENT = "component"
APP = "app"
RELEASE = "release"
RECOMMENDED_NAME = "app.kubernetes.io/name"
RECOMMENDED_COMPONENT = "app.kubernetes.io/component"
HELM_CHART = "helm.sh/chart"

# Ours.
APPLIED = "taxiway/applied"
GOVERN = "taxiway/govern"
POLICY_LABEL = "taxiway/policy"
POLICY_LIVE = "live"
POLICY_SHADOW = "shadow"
POLICY_LABELS = (POLICY_LIVE, POLICY_SHADOW)
SHADOWS = "taxiway/shadows"
# Objects in the service's own namespace, made empty at installation.
LEASE = "taxiway"
LAST_GOOD = (
    "taxiway-last-good-0",
    "taxiway-last-good-1",
    "taxiway-last-good-2",
    "taxiway-last-good-3",
)
STATUS = "taxiway-status"
# On the Secret of the service's own certificate: what a person wants to be made anew.
ROTATE = "taxiway/rotate"

# Kubernetes' and the clouds'.
MIRROR_POD = "kubernetes.io/config.mirror"
KUBE2IAM_ROLE = "iam.amazonaws.com/role"
AZURE_USE = "azure.workload.identity/use"
NODE_TAINTS = "node.kubernetes.io/"

NEVER_TOUCHED = frozenset({"kube-system"})
KUBE_CONTROLLERS = ("system:serviceaccount:kube-system:*", "system:kube-controller-manager")

WORKLOADS = (
    "job-operator",
    "pod-operator",
    "kubernetes-executor",
    "spark",
    "celery-worker",
    "other",
)
RULES = ("requirement", "membership", "reserved", "conflict", "not-applied")
MODES = ("enforce", "warn", "audit")  # from hard to soft

# Metrics. Prometheus' own rules: base units, `_total` for what only grows.
METRIC_REQUESTS = "taxiway_requests"
METRIC_DURATION = "taxiway_request_duration_seconds"
METRIC_DENIALS = "taxiway_denials"
METRIC_VIOLATIONS = "taxiway_violations"
METRIC_REFUSALS = "taxiway_refused_requests"
METRIC_HANDSHAKES = "taxiway_tls_handshakes"
METRIC_CONNECTIONS_CUT = "taxiway_connections_cut"
METRIC_CONNECTIONS = "taxiway_connections"
METRIC_BODIES = "taxiway_unfinished_bodies"
METRIC_BODY_BYTES = "taxiway_unfinished_body_bytes"
METRIC_LOG_DROPPED = "taxiway_log_lines_dropped"
METRIC_POLICY_INFO = "taxiway_policy_info"
METRIC_POLICY_TEAMS = "taxiway_policy_teams"
METRIC_POLICY_LOADS = "taxiway_policy_loads"
METRIC_POLICY_GOOD = "taxiway_policy_last_load_good"
METRIC_POLICY_AGE = "taxiway_policy_last_good_load_age_seconds"
METRIC_POLICY_SOURCE_AGE = "taxiway_policy_source_age_seconds"
METRIC_UNGUARDED_LABELS = "taxiway_policy_unguarded_labels"
METRIC_POLICY_STORED = "taxiway_policy_from_last_good_store"
METRIC_LEADER = "taxiway_leader"
METRIC_DUTY_FAILING = "taxiway_duty_failing"
METRIC_LOADER_RESTARTS = "taxiway_policy_loader_restarts"
METRIC_CERTIFICATE_LOADS = "taxiway_certificate_loads"
METRIC_CERTIFICATE_EXPIRY = "taxiway_certificate_expiry_timestamp_seconds"
METRIC_SHADOW_INFO = "taxiway_shadow_info"
METRIC_SHADOW_GOOD = "taxiway_shadow_last_load_good"
METRIC_SHADOW_REQUESTS = "taxiway_shadow_requests"
METRIC_SHADOW_DIFFERENCES = "taxiway_shadow_differences"
METRIC_READY = "taxiway_ready"
