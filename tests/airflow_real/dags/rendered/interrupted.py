"""A dag whose file is interrupted, as by a signal that its import has caught."""

from airflow.decorators import dag


@dag(schedule=None)
def never_interrupted() -> None:
    raise KeyboardInterrupt


never_interrupted()
