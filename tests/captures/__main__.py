"""`python -m tests.captures [--airflow 3]`: what a real Airflow sends, kept."""

import argparse
import tempfile
from pathlib import Path

from tests.airflow_real import environments
from tests.captures import recorded
from tests.captures.capturing import captured
from tests.captures.place import place
from tests.captures.world import recorded_api_server


def capture(airflow: str, scratch: Path) -> recorded.Recorded:
    """Everything that this Airflow sends."""
    there = place(airflow, scratch / "place")
    server = scratch / "server"
    server.mkdir()
    with recorded_api_server(server) as recorder:
        sent = list(captured(there, recorder, scratch / "airflow"))
    return recorded.Recorded(
        airflow=environments.version(airflow),
        provider=environments.version(airflow, environments.PROVIDER),
        sent=recorded.kept(sent),
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.captures", description=__doc__)
    parser.add_argument("--airflow", action="append", choices=[*environments.LOCKS])
    for airflow in parser.parse_args().airflow or [*environments.LOCKS]:
        with tempfile.TemporaryDirectory(prefix="taxiway-") as folder:
            made = capture(airflow, Path(folder))
        recorded.store(airflow, made)
        print(f"{recorded.file_of(airflow)}: {len(made.sent)} objects")


if __name__ == "__main__":
    main()
