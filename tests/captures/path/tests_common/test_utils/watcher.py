"""The task at the end of each example: it fails when any other task failed."""

try:
    from airflow.sdk import task
except ImportError:  # Airflow 2
    from airflow.decorators import task


@task(trigger_rule="one_failed", retries=0)
def watcher():
    """Make the run fail although its last task succeeded."""
    raise RuntimeError("a task of this DAG failed")
