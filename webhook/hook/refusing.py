"""A denial as Airflow's own error.

| who launches          | what Airflow does with it                                         |
|-----------------------|-------------------------------------------------------------------|
| KubernetesPodOperator | the task fails, with the message in its log; `retries` count      |
| KubernetesExecutor    | the task fails and is not launched: "Pod Mutation Hook failed for |
|                       | the task …" and the message stand in the scheduler's log          |

Source: `except PodMutationHookException` in cncf.kubernetes `executors/kubernetes_executor.py`,
the same from 7.14 to 10.25 (before: in Airflow itself); any error of the hook is wrapped in one.
"""


def refusal(message: str) -> Exception:
    """The error to raise: an AirflowException, where there is an Airflow."""
    try:
        from airflow.exceptions import AirflowException
    except ImportError:
        return RuntimeError(message)
    error: Exception = AirflowException(message)
    return error
