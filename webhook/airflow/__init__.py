"""What Airflow makes: recognise a pod's workload, and speak to its author in its own words."""
