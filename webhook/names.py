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
