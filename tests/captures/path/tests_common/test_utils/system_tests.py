"""How Airflow's own tests would run an example; nobody does here."""


def get_test_run(dag, **options):
    """A function that pytest would call."""

    def test_run():
        return dag.test(**options)

    return test_run
