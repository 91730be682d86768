"""Taxiway: Airflow's pods get what their team's policy says, and none that nobody pays for runs."""

__version__ = "0.1.0"
