"""What a worker's process tells, and what it keeps to itself."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, fields
from pathlib import Path

import pytest
from real import REPO
from toys import ToyTrainer, logged, write_study

import archsearch
from archsearch.errors import ArchsearchError, InputError, RunFailedError
from archsearch.study import Job, RunOptions, Trained
from archsearch.study.events import StudyEvent, silent
from archsearch.study.store.retry import RetryPolicy
from archsearch.study.workers import pool, process, zygote
from archsearch.study.workers.messages import MOST_IDLE_CRASHES, MessageReader
from archsearch.study.workers.process import WorkerPlan

LOGGING = """
import json, logging, warnings
from archsearch.study.workers import process

class Pipe:
    def send_bytes(self, message):
        print(message.decode())

def work(plan, index, pipe, command):
    logging.getLogger("any").warning("left out: %s", "a\\nb")
    warnings.warn("slow")
    return 0

process.work_and_report = work
process.run_worker(None, 0, Pipe(), 0)
"""


def test_logs_and_warnings_of_a_worker_are_notes() -> None:
    """On stderr they would stand in the middle of the study's display, and unescaped."""
    done = subprocess.run(
        [sys.executable, "-c", LOGGING], capture_output=True, text=True, cwd=REPO, check=True
    )
    notes = [json.loads(line)["event"] for line in done.stdout.splitlines()]
    texts = ["left out: a\nb", "UserWarning: slow"]
    assert notes == [{"kind": "note", "text": text} for text in texts]
    assert done.stderr == ""


def empty_plan(**given: object) -> WorkerPlan:
    nothing = {field.name: None for field in fields(WorkerPlan)}
    return WorkerPlan(**nothing | {"extensions": ()} | given)  # type: ignore[arg-type]


def test_no_repr_has_the_storages_password() -> None:
    """Tracebacks of other tools, such as Ray's, show what a function was called with."""
    url = "postgresql://ann:s3cret@db/nets"
    plan = empty_plan(storage=url)
    assert plan.storage == url
    assert "s3cret" not in f"{plan!r} {RetryPolicy(url)!r}"


class Kept:
    """A worker's end of a pipe, kept."""

    def __init__(self) -> None:
        self.messages: list[bytes] = []

    def send_bytes(self, message: bytes) -> None:
        self.messages.append(message)

    def poll(self) -> bool:
        return False


@pytest.mark.parametrize("kind", [InputError, RunFailedError])
def test_an_error_comes_from_a_worker_with_all_its_lines(
    monkeypatch: pytest.MonkeyPatch, kind: type[ArchsearchError]
) -> None:
    error = kind("wrong", details=["  one", "  two"], help="mend")

    def broken(*given: object) -> None:
        raise error

    monkeypatch.setattr(process, "_worker", broken)
    pipe = Kept()
    assert process.work_and_report(empty_plan(), 0, pipe) == error.exit_code
    with pytest.raises(kind) as raised:
        MessageReader(silent).read(pipe.messages[0])
    assert raised.value.lines == error.lines


def test_a_worker_that_always_dies_before_its_first_training_ends_the_study() -> None:
    """Whatever others do meanwhile; what dies in a training is its claim's to count."""
    told: list[StudyEvent] = []
    reader = MessageReader(told.append)
    started = json.dumps({"event": StudyEvent("started", worker=1, trial=0, seed=0).to_data()})
    for _ in range(MOST_IDLE_CRASHES):
        reader.died(0, "signal 7")
        reader.died(1, "signal 9")
        reader.read(started.encode())
    with pytest.raises(RunFailedError, match=r"worker 0 died 11 times .* by signal 7") as caught:
        reader.died(0, "signal 7")
    assert "space in the cache" in caught.value.help
    assert sum(event.kind == "retry" for event in told) == 2 * MOST_IDLE_CRASHES


SLOW = """\
import os
with open({log!r}, "a") as log:
    log.write(f"imported 0 0 {{os.getpid()}}\\n")
"""
SHADOW = """\
open({mark!r}, "w").close()
"""
STUDY = """\
import os
from pathlib import Path

from toys import ToyTrainer, write_study

import archsearch
from archsearch.study import RunOptions


class Slow(ToyTrainer):
    modules = ("slow",)

    def train(self, job):
        import slow

        left = "+left" if "PYTHONSAFEPATH" in os.environ else ""
        self._note("place", os.environ["PLACE"] + left, 0)
        return super().train(job)


if __name__ == "__main__":
    here = Path({here!r})
    for name in ("first", "second"):
        os.environ["PLACE"] = name
        study = write_study(here, name=name, trials=4)
        trainer = Slow(Path({log!r}), seconds=0.2)
        storage, options = f"sqlite:///{here}/s.db", RunOptions(workers=2)
        archsearch.run_study(study, storage, options=options, trainer=trainer)
"""


@pytest.fixture(scope="module")
def two_studies(tmp_path_factory: pytest.TempPathFactory) -> list[list[str]]:
    """What workers of two studies of one program note, run beside hostile files."""
    tmp_path = tmp_path_factory.mktemp("two_studies")
    folder, log, mark = tmp_path / "cwd", tmp_path / "log", tmp_path / "mark"
    folder.mkdir()
    for name in ("optuna", "pickle", "runpy", "slow"):
        (folder / f"{name}.py").write_text(SHADOW.format(mark=str(mark)))
    (tmp_path / "slow.py").write_text(SLOW.format(log=str(log)))
    script = tmp_path / "script.py"
    script.write_text(STUDY.format(here=str(tmp_path), log=str(log)))
    path = os.pathsep.join([str(tmp_path), str(REPO / "tests" / "study")])
    subprocess.run(
        [sys.executable, str(script)],
        check=True,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": path},
    )
    assert not mark.exists()
    return [line.split() for line in log.read_text().splitlines()]


def test_workers_share_what_takes_long_to_import(two_studies: list[list[str]]) -> None:
    imports = [row[3] for row in two_studies if row[0] == "imported"]
    workers = {row[3] for row in two_studies if row[0] == "place"}
    assert len(imports) == 2, "one a study"
    assert len(workers) >= 4
    assert not workers & set(imports)


def test_a_worker_has_the_environment_of_its_study(two_studies: list[list[str]]) -> None:
    """Not that of an earlier study of the same program."""
    places = [row[1] for row in two_studies if row[0] == "place"]
    assert places == ["first"] * 4 + ["second"] * 4


@dataclass(frozen=True)
class Orphaning(ToyTrainer):
    """Kills the process that its worker was forked from, once."""

    def train(self, job: Job) -> Trained:
        if not logged(self.log, "orphaned"):
            self._note("orphaned", 0, 0)
            os.kill(os.getppid(), signal.SIGKILL)
            time.sleep(60)  # the worker ends before
        return super().train(job)


def test_workers_are_replaced_with_the_process_that_they_are_forked_from(
    tmp_path: Path, url: str, log: Path
) -> None:
    """As where memory is short; those that it leaves end, so nothing is trained twice at once."""
    study, told = write_study(tmp_path, trials=4), []
    options = RunOptions(workers=2)
    trainer = Orphaning(log, seconds=0.1)
    archsearch.run_study(
        study, url, options=options, trainer=trainer, on_event=told.append, progress=False
    )
    assert sum(event.kind == "retry" for event in told) >= 1
    assert len(logged(log, "end")) == len(set(logged(log, "end"))) == 4


def test_workers_are_spawned_where_none_can_be_forked(
    tmp_path: Path, url: str, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (pool, archsearch.study.run):
        monkeypatch.setattr(module, "starter_of", pool._Spawner)
    study = write_study(tmp_path, trials=3)
    archsearch.run_study(
        study, url, options=RunOptions(workers=2), trainer=ToyTrainer(log), progress=False
    )
    assert len(logged(log, "end")) == 3


def test_what_is_set_for_the_start_is_not_left() -> None:
    before = dict(os.environ)
    with zygote._spawning() as given:
        assert os.environ["OMP_NUM_THREADS"] == os.environ["PYTHONSAFEPATH"] == "1"
        assert given == before
    assert os.environ == before


def test_a_script_that_runs_a_study_wherever_it_is_imported_is_told_once(tmp_path: Path) -> None:
    """Workers import the script, which must not start others."""
    text = STUDY.format(here=str(tmp_path), log=str(tmp_path / "log"))
    script = tmp_path / "script.py"
    script.write_text(text.replace('if __name__ == "__main__":', "if True:"))
    path = os.pathsep.join([str(tmp_path), str(REPO / "tests" / "study")])
    done = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": path},
    )
    assert done.returncode == 1
    assert re.search(r"worker [01] ended with exit code 1", done.stderr)
    assert "If a script runs the study, it needs `if __name__" in done.stderr
    assert done.stderr.count("current process has finished its bootstrapping phase") == 1
