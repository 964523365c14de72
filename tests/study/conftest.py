import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event
from sqlalchemy.pool import Pool

import archsearch.study.run
from archsearch.study import RunOptions, Say
from archsearch.study.store.opened import OpenStudy
from archsearch.study.store.owner import Owner
from archsearch.study.workers.process import WorkerPlan
from archsearch.study.workers.worker import Worker, WorkerOptions

# Worker processes import the toy trainer by its name.
sys.path.insert(0, str(Path(__file__).parent))

from postgres import Server, remove, start_server


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'studies.db'}"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server of this test process."""
    server = start_server()
    yield server
    remove(server)


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """Close what a test opened on a server, as the end of a process does."""
    opened: list[psycopg.Connection] = []

    def note(connection: object, _: object) -> None:
        if isinstance(connection, psycopg.Connection):
            opened.append(connection)

    event.listen(Pool, "connect", note)
    yield
    event.remove(Pool, "connect", note)
    for connection in opened:
        connection.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def either_url(
    request: pytest.FixtureRequest, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> str:
    """A new database, once of each kind; beside a server, artifacts lie in the folder at hand."""
    if request.param == "sqlite":
        return url
    monkeypatch.chdir(tmp_path)
    server: Server = request.getfixturevalue("postgres")
    return server.url()


@pytest.fixture
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one worker work in this process, which saves the seconds that starting one takes."""

    def work(study: OpenStudy, plan: WorkerPlan, options: RunOptions, say: Say, _: None) -> None:
        how = WorkerOptions(threads=plan.threads, heartbeat_seconds=plan.heartbeat_seconds)
        Worker(study, plan.trainer, Owner.this_process(), say, lambda: False, how).work()

    monkeypatch.setattr(archsearch.study.run, "_work", work)
    monkeypatch.setattr(archsearch.study.run, "_starter", lambda *_: nullcontext())


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "trainings.log"
