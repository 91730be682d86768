"""A capture takes minutes: it is made by `make test-airflow` alone, which names an Airflow."""

import os

collect_ignore_glob = [] if os.environ.get("TAXIWAY_AIRFLOW") else ["test_live.py"]
