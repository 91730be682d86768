"""Taxiway: gives every Airflow pod what its team's policy says, and refuses pods that nobody pays for."""

__version__ = "0.1.0"
