import sys
from pathlib import Path

import pytest

import archsearch.study.run
from archsearch.study import Say
from archsearch.study.opened import OpenStudy
from archsearch.study.owner import Owner
from archsearch.study.process import WorkerPlan
from archsearch.study.worker import Worker, WorkerOptions

# Worker processes are spawned: they import the toy trainer by its name.
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'studies.db'}"


@pytest.fixture
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one worker work in this process, which saves the seconds that starting one takes."""

    def work(study: OpenStudy, plan: WorkerPlan, workers: int, say: Say) -> None:
        options = WorkerOptions(threads=plan.threads, beat=plan.beat)
        Worker(study, plan.trainer, Owner.this_process(), say, lambda: False, options).work()

    monkeypatch.setattr(archsearch.study.run, "_work", work)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "trainings.log"
