"""A deployment's own hook, which Airflow finds on its path: it alters pods that ask for it."""


def pod_mutation_hook(pod):
    """Called with every pod that Airflow has put together, last of all."""
    if (pod.metadata.labels or {}).get("altered") == "yes":
        pod.metadata.annotations = {**(pod.metadata.annotations or {}), "altered-by": "the hook"}
        pod.spec.scheduler_name = "the-hooks"
