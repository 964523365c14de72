"""What a worker's process tells, and what it keeps to itself."""

import json
import subprocess
import sys
from dataclasses import fields

import pytest
from real import REPO

from archsearch.errors import ArchsearchError, InputError, RunFailedError
from archsearch.study.events import StudyEvent, silent
from archsearch.study.store.retry import RetryPolicy
from archsearch.study.workers import process
from archsearch.study.workers.messages import MOST_IDLE_CRASHES, MessageReader
from archsearch.study.workers.process import WorkerPlan

LOGGING = """
import json, logging, warnings
from archsearch.study.workers import process

class Pipe:
    def send_bytes(self, message):
        print(message.decode())

def work(plan, index, pipe):
    logging.getLogger("any").warning("left out: %s", "a\\nb")
    warnings.warn("slow")
    return 0

process.work_and_report = work
process.run_worker(None, 0, Pipe())
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
