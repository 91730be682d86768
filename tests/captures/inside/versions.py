"""What is otherwise in Airflow 2 and 3: the database, loading DAGs, a DAG run, running a task."""

import asyncio
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any


def of_this_airflow() -> "OfAirflow":
    import airflow

    return Airflow2() if airflow.__version__.startswith("2.") else Airflow3()


class Run(ABC):
    """A DAG run: what of it can run next, and how."""

    def __init__(self, session: Any, dag_run: Any) -> None:
        self.session, self.dag_run = session, dag_run

    def ready(self) -> list[Any]:
        """The task instances that Airflow would schedule now."""
        from airflow.utils.state import TaskInstanceState as State

        self.session.expire_all()
        ready, _ = self.dag_run.update_state(session=self.session)
        for ti in ready:
            ti.try_number += 1
            ti.state = State.SCHEDULED
        self.session.commit()
        every = self.dag_run.get_task_instances(session=self.session)
        return [ti for ti in every if ti.state == State.SCHEDULED]

    def succeeded(self, ti: Any) -> None:
        from airflow.utils.state import TaskInstanceState as State

        self.session.refresh(ti)
        ti.state = State.SUCCESS
        self.session.commit()

    @abstractmethod
    def run(self, ti: Any, task: Any) -> None:
        """As `dag.test` does, in a process that is not the one of the session."""

    @abstractmethod
    def queue(self, executor: Any, ti: Any, task: Any) -> None:
        """As the scheduler does."""


class OfAirflow(ABC):
    """One version of Airflow."""

    @abstractmethod
    def prepare(self) -> None:
        """Make the database."""

    @abstractmethod
    def load(self, folder: str) -> list[Any]:
        """The DAGs, in the database too. Raises SystemExit for one that cannot be imported."""

    @abstractmethod
    def start(self, dag: Any) -> Run:
        """A run of now."""


def sorted_dags(bag: Any) -> list[Any]:
    if bag.import_errors:
        raise SystemExit(f"these DAG files cannot be imported: {bag.import_errors}")
    return sorted(bag.dags.values(), key=lambda dag: (dag.fileloc, dag.dag_id), reverse=True)


class Run3(Run):
    def run(self, ti: Any, task: Any) -> None:
        from airflow import settings
        from airflow.sdk.definitions.dag import _run_task

        settings.configure_orm()  # a connection is not for two processes
        _run_task(ti=ti, task=task, run_triggerer=False)

    def queue(self, executor: Any, ti: Any, task: Any) -> None:
        from airflow.executors import workloads
        from airflow.executors.workloads import BundleInfo
        from airflow.utils.state import TaskInstanceState as State

        workload = workloads.ExecuteTask.make(
            ti,
            dag_rel_path=Path(Path(task.dag.fileloc).name),
            generator=executor.jwt_generator,
            bundle_info=BundleInfo(name="dags-folder"),
        )
        executor.queue_workload(workload, session=self.session)
        ti.state, ti.queued_by_job_id = State.QUEUED, executor.job_id
        self.session.commit()


class Airflow3(OfAirflow):
    def prepare(self) -> None:
        """And the API that tasks speak to: made once, and not again in each process."""
        import httpx
        from airflow import settings
        from airflow.sdk.execution_time.supervisor import in_process_api_server
        from airflow.utils.db import initdb

        settings.configure_orm()
        initdb()

        async def ask() -> None:
            transport = httpx.ASGITransport(app=in_process_api_server().app)
            async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
                await client.get("/health")

        asyncio.run(ask())

    def load(self, folder: str) -> list[Any]:
        from airflow import settings
        from airflow.dag_processing.bundles.manager import DagBundlesManager
        from airflow.dag_processing.dagbag import BundleDagBag, sync_bag_to_db

        session = settings.Session()
        DagBundlesManager().sync_bundles_to_db(session=session)
        session.commit()
        bag = BundleDagBag(dag_folder=folder, bundle_path=Path(folder), bundle_name="dags-folder")
        dags = sorted_dags(bag)
        sync_bag_to_db(bag, "dags-folder", None)
        return dags

    def start(self, dag: Any) -> Run3:
        from airflow import settings
        from airflow.models.dagrun import DagRun, get_or_create_dagrun
        from airflow.sdk import timezone
        from airflow.serialization.serialized_objects import DagSerialization
        from airflow.utils.types import DagRunTriggeredByType, DagRunType
        from sqlalchemy.orm import sessionmaker

        # One of its own: the executor closes the one that all of a thread share.
        session, now = sessionmaker(settings.engine)(), timezone.utcnow()
        stored = DagSerialization.deserialize_dag(DagSerialization.serialize_dag(dag))
        manual = {"run_type": DagRunType.MANUAL, "logical_date": now, "run_after": now}
        dag_run = get_or_create_dagrun(
            dag=stored,
            start_date=now,
            logical_date=now,
            data_interval=stored.timetable.infer_manual_data_interval(run_after=now),
            run_after=now,
            run_id=DagRun.generate_run_id(**manual),
            session=session,
            conf=None,
            triggered_by=DagRunTriggeredByType.TEST,
            triggering_user_name="dag_test",
        )
        return Run3(session, dag_run)


class Run2(Run):
    def run(self, ti: Any, task: Any) -> None:
        from airflow import settings
        from airflow.models.dag import _run_task

        settings.configure_orm()
        ti.task = task
        _run_task(ti=ti, inline_trigger=False, session=settings.Session())

    def queue(self, executor: Any, ti: Any, task: Any) -> None:
        from airflow.utils.state import TaskInstanceState as State

        ti.task = task
        command = ti.command_as_list(local=True, pickle_id=None)
        ti.state = State.QUEUED
        self.session.commit()
        executor.queue_command(ti, command, priority=ti.priority_weight, queue=ti.queue)


class Airflow2(OfAirflow):
    def prepare(self) -> None:
        from airflow.utils.db import initdb

        initdb()

    def load(self, folder: str) -> list[Any]:
        from airflow.models import DagBag

        bag = DagBag(folder, include_examples=False)
        dags = sorted_dags(bag)
        bag.sync_to_db()
        return dags

    def start(self, dag: Any) -> Run2:
        from airflow import settings
        from airflow.models.dag import _get_or_create_dagrun
        from airflow.models.dagrun import DagRun
        from airflow.utils import timezone
        from airflow.utils.types import DagRunType

        session, now = settings.Session(), timezone.utcnow()
        dag_run = _get_or_create_dagrun(
            dag=dag,
            start_date=now,
            execution_date=now,
            run_id=DagRun.generate_run_id(DagRunType.MANUAL, now),
            session=session,
            conf=None,
            data_interval=dag.timetable.infer_manual_data_interval(run_after=now),
        )
        return Run2(session, dag_run)
