"""A dag whose file cannot be imported."""

from airflow.decorators import dag


@dag(schedule=None)
def never_there() -> None:
    from helpers import nothing_of_the_kind

    nothing_of_the_kind()


never_there()
