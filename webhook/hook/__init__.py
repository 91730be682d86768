"""Taxiway inside Airflow, where no webhook may be: the engine behind Airflow's own pod hook.

In `airflow_local_settings.py` of the scheduler and the workers:

    from webhook.hook import pod_mutation_hook

- `mutation`: the hook itself. Start reading here.
- `settings`: what the environment says; `policies` loads what it names, keeps the last good set and
  looks for a newer one now and then; `config_maps` reads those of a cluster.
- `deciding`: the engine's decision, and what of it holds before anybody has asked the API server.
- `models`: a V1Pod of whatever Kubernetes client Airflow has, read and changed.
- `job`: which pods are templates of a Job. `refusing`: a denial as Airflow's own error.

Nothing of the server is ever imported here. Airflow imports its local settings in each of its
processes, and does not start if that fails: all else is imported when the first pod comes by.
"""

import logging
import os
import sys
from typing import Any

__all__ = ["pod_mutation_hook"]


def pod_mutation_hook(pod: Any) -> None:
    """Give the V1Pod what its team's policy says, in place. Raises AirflowException: a denial.

    Airflow calls it with every pod of its KubernetesExecutor and KubernetesPodOperators, just
    before it is sent.
    """
    try:
        from webhook.hook.mutation import mutate
    except ImportError as error:
        if os.environ.get("TAXIWAY_HOOK_FAILURE") == "fail":
            raise
        told = "taxiway: every pod is left as it is: %s; install what docs/hook.md names"
        logging.getLogger("taxiway").error(told, error)
    else:
        mutate(pod, sys._getframe(1))
