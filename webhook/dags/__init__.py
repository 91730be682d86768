"""What runs inside Airflow's own Python: loads DAGs and renders the pods that their tasks make.

`taxiway dags` starts `__main__.py` here as a process, by the interpreter of the environment where
Airflow is installed. That may be another than the one Taxiway is installed in (Airflow's provider
asks for its own releases of the Kubernetes client), so this room imports nothing but the standard
library, Airflow, and what Airflow itself brings. It decides nothing: what it renders, the other
process judges.
"""
