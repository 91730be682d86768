"""A database of its own, which does not outlive the test."""

import pytest

from tests.airflow_real.postgres import running_postgres

pytestmark = pytest.mark.airflow


def test_a_database_answers_is_empty_and_ends() -> None:
    tables = "SELECT count(*) AS tables FROM pg_tables WHERE schemaname = 'public'"
    with running_postgres() as database:
        assert database.rows(tables) == [{"tables": "0"}]
    with pytest.raises(AssertionError) as refused:
        database.rows(tables)
    assert "Connection refused" in str(refused.value)
    assert not database.data.exists()
