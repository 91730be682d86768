"""As in Airflow's source tree; only what example DAGs ask for."""
