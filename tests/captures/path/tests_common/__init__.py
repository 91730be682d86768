"""What the provider's example DAGs import of Airflow's own test tools, which no package brings."""
