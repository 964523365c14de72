"""A finished run that lost files, or whose files were damaged, makes them again."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from archsearch.config import EngineName, load
from archsearch.errors import (
    DamagedFileError,
    InputError,
    NewerVersionError,
    RunConflictError,
)
from archsearch.records import ColorScores, RunResult, load_run
from archsearch.records.run_files import RUN_FILES, RunFiles, write_metrics
from archsearch.train import TrainedRun, fit, load_model, train_run
from archsearch.train.run_folder import run as run_module
from archsearch.train.run_folder.finished import FinishedRun, reconciled
from tests.train.made import drop_checksums, left

from .finished_runs import EPOCHS, again, dice, flip, flip_somewhere, remove, train

pytestmark = pytest.mark.usefixtures("quickly_drawn")


@pytest.mark.parametrize("harm", [remove, flip_somewhere])
@pytest.mark.parametrize(
    "names",
    [
        ("model.safetensors",),
        ("history.csv",),
        ("curves.png", "pictures.png", "strip.png"),
        ("spec.yaml", "config.json"),
        RUN_FILES,
    ],
    ids=" ".join,
)
def test_the_same_training_makes_again_what_was_lost(
    made, first: Path, run: Path, caplog, names, harm
) -> None:
    chosen = dice(17)
    for name in names:
        harm(run / name, chosen)
    result = again(made, run)
    assert result == load_run(run).result
    assert left(run) == left(first)
    assert not RunFiles(run).lost()
    assert {path.name for path in run.iterdir()} == {path.name for path in first.iterdir()}
    trained = {"model.safetensors", "history.csv"} & set(names)
    assert ("to the same numbers as recorded" in caplog.text) == bool(trained)
    kept = [name for name in RUN_FILES if name != "history.csv"]  # that one has the seconds
    assert all((run / name).read_bytes() == (first / name).read_bytes() for name in kept)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]", b'{"run": "x"}'])
def test_without_its_metrics_a_run_is_trained_again(made, first, run, caplog, content) -> None:
    (run / "metrics.json").write_bytes(content)
    again(made, run)
    assert left(run) == left(first)
    assert "without recorded numbers to compare with" in caplog.text
    assert (run / "metrics-before.json").read_bytes() == content


def test_metrics_of_something_else_are_left_alone(made, run: Path) -> None:
    place = run.parent / "other"
    place.mkdir()
    (place / "metrics.json").write_text('{"mine": true}')
    with pytest.raises(RunConflictError, match=r"config\.json, spec\.yaml are missing"):
        train(made, run.parent / "model.yaml", place)
    assert {path.name for path in place.iterdir()} == {"metrics.json"}


def test_a_run_of_a_newer_archsearch_is_refused_and_left_as_it_is(made, run: Path) -> None:
    write_metrics(run, RunFiles(run).numbers | {"version": 99})
    before = {path.name: path.read_bytes() for path in run.iterdir()}
    with pytest.raises(NewerVersionError, match="version 99 of its format"):
        again(made, run)
    assert {path.name: path.read_bytes() for path in run.iterdir()} == before


def test_a_checkpoint_that_a_kill_left_is_removed(made, first: Path, run: Path) -> None:
    (run / "checkpoint.safetensors").write_bytes(b"left")
    again(made, run)
    assert {path.name for path in run.iterdir()} == {path.name for path in first.iterdir()}


def test_other_numbers_than_recorded_are_told_and_the_earlier_kept(made, run, caplog) -> None:
    """As on another machine: the recorded error is another than this one gives."""
    recorded = RunFiles(run).numbers
    recorded["result"]["val"]["mse"] = 0.5
    (run / "model.safetensors").unlink()
    write_metrics(run, recorded)
    stored = (run / "metrics.json").read_bytes()
    result = again(made, run)
    assert f"other numbers than recorded: val.mse 0.5 there, {result.val.mse} now" in caplog.text
    assert (run / "metrics-before.json").read_bytes() == stored
    assert load_run(run).result == result
    load_model(run)
    (run / "model.safetensors").unlink()
    write_metrics(run, recorded)
    later = (run / "metrics.json").read_bytes()
    again(made, run)
    assert (run / "metrics-before.json").read_bytes() == stored
    assert (run / "metrics-before-2.json").read_bytes() == later


@pytest.mark.parametrize("harm", ["model.safetensors", "curves.png"])
@pytest.mark.parametrize("earlier", [True, False])
def test_what_torch_trained_torch_makes_again(made, run, caplog, harm, earlier) -> None:
    """Though a new run would be the native engine's; earlier versions said nothing of it."""
    again_by(made, run, "torch")
    first = left(run)
    if earlier:
        forget_the_engine(run)
    (run / harm).unlink()
    result = again(made, run)
    assert result.environment.engine == "torch"
    assert left(run) == first
    assert ("to the same numbers as recorded" in caplog.text) == (harm == "model.safetensors")


def again_by(made, run: Path, engine: EngineName) -> None:
    """Leave the run as one with the same settings that an engine trained."""
    (run / "metrics.json").unlink()
    plan, pictures = load(run.parent / "model.yaml").plan(), made.made_pictures(40)

    def begun(*given: object, **named: object) -> TrainedRun:
        return fit(*given, **named | {"begun": engine})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run_module, "fit", begun)
        train_run(plan, made.settings(epochs=EPOCHS), pictures, run)


def forget_the_engine(run: Path) -> None:
    """Write the metrics as earlier versions did."""
    numbers = dict(RunFiles(run).numbers)
    for name in ("engine", "engine_reason"):
        del numbers[name], numbers["result"]["environment"][name]
    write_metrics(run, numbers)


def test_where_the_engine_is_gone_the_other_numbers_are_told(made, run, caplog, monkeypatch):
    """A run of the native engine, on a machine without llvmlite."""
    stored = load_run(run).result
    assert stored.environment.engine == "native"
    (run / "model.safetensors").unlink()
    monkeypatch.setattr("archsearch.engine.support.missing", lambda: "llvmlite isn't installed")
    result = again(made, run)
    assert result.val.mse == pytest.approx(stored.val.mse, rel=1e-2)
    assert result.environment.engine_reason == "llvmlite isn't installed"
    assert re.search(r"recorded on .*, by native, now on .*, by torch;", caplog.text)


def test_a_score_that_earlier_versions_did_not_keep_is_no_other_number(run, caplog) -> None:
    found = load_run(run).result

    def scored(delta_e: float | None, **scores: object) -> RunResult:
        color = ColorScores(chroma_mse=0.1, delta_e=delta_e)
        test = found.test.model_copy(update={"color": color, **scores})
        return found.model_copy(update={"test": test})

    trained, fewer, other = scored(3.0), scored(None, psnr=None), scored(4.0)
    lost = frozenset({"model.safetensors"})
    assert reconciled(run, FinishedRun("run", fewer, lost), trained) == (fewer, lost)
    assert reconciled(run, FinishedRun("run", other, lost), trained)[0] == trained
    assert "than recorded: test.color.delta_e 4.0 there, 3.0 now;" in caplog.text


def test_a_lost_spec_that_was_another_is_told(made, run: Path) -> None:
    (run / "spec.yaml").unlink()
    wider = run.parent / "wider.yaml"
    wider.write_text(made.NORMED.replace("channels: 4", "channels: 5"))
    with pytest.raises(RunConflictError, match=r"spec\.yaml is lost or damaged, and differed"):
        train(made, wider, run)


def test_what_refuses_a_damaged_run_names_the_way_that_mends_it(made, run: Path) -> None:
    for name in ("model.safetensors", "history.csv"):
        flip(run / name, 801)
        with pytest.raises(DamagedFileError) as raised:
            load_model(run)
        assert str(run / name) in raised.value.what
        assert raised.value.help.startswith(f"`archsearch train {run / 'spec.yaml'} --data ")
        assert f"--out {run}` restores what is lost" in raised.value.help
        again(made, run)
        load_model(run)


def test_a_run_of_earlier_versions_is_read_and_that_is_said_once(made, run, caplog) -> None:
    drop_checksums(run)
    load_model(run)
    assert caplog.text.count("from a version without checksums") == 1
    assert again(made, run) == load_run(run).result


def test_without_checksums_a_lost_spec_leaves_it_open_which_run_it_was(made, run: Path) -> None:
    drop_checksums(run)
    (run / "spec.yaml").unlink()
    with pytest.raises(RunConflictError, match=r"spec\.yaml is missing, and it has no checksums"):
        again(made, run)


def test_a_strip_that_earlier_versions_never_drew_is_not_missed(made, run, caplog) -> None:
    drop_checksums(run)
    (run / "strip.png").unlink()
    again(made, run)
    assert "missing or damaged" not in caplog.text
    assert not (run / "strip.png").exists()


@pytest.mark.parametrize("harm", ["remove", "garble"])
@pytest.mark.parametrize("name", ["model.safetensors", "history.csv"])
def test_a_run_of_earlier_versions_is_made_again_too(made, first, run, name, harm) -> None:
    drop_checksums(run)
    if harm == "remove":
        (run / name).unlink()
    else:
        (run / name).write_bytes((run / name).read_bytes()[:-40])
    again(made, run)
    assert left(run) == left(first)
    assert not RunFiles(run).lost()


REWRITTEN = """# what I changed last week
description: the same net
decoder: [upsample: {}, {conv: {activation: sigmoid, channels: auto}}]
encoder:
  - {conv: {activation: relu, norm: batch, channels: 4}}   # four are enough
  - pool:
      kernel: 2
input: {height: 16, channels: auto, width: 16}
name: "another-name"
"""


def test_a_comment_another_order_or_name_is_the_same_run(made, first, run: Path) -> None:
    (run.parent / "model.yaml").write_text(REWRITTEN)
    assert again(made, run) == load_run(first).result
    (run / "metrics.json").unlink()  # and of an unfinished one
    again(made, run)
    assert left(run) == left(first)


def test_a_comment_in_the_runs_own_spec_does_not_keep_it_from_going_on(made, first, run) -> None:
    (run / "metrics.json").unlink()
    (run / "spec.yaml").write_text(f"# mine\n{(run / 'spec.yaml').read_text()}")
    again(made, run)
    assert left(run) == left(first)


def test_another_layer_is_named_rather_than_another_name(made, run: Path) -> None:
    wider = run.parent / "wider.yaml"
    wider.write_text(made.NORMED.replace("channels: 4", "channels: 5").replace("normed", "wide"))
    with pytest.raises(
        RunConflictError, match=r"line 4 is `.*channels: 4.*` there, `.*: 5"
    ) as told:
        train(made, wider, run)
    assert "name:" not in told.value.what


CHANGES: dict[str, Callable[[str], str]] = {
    "an error": lambda text: text.replace('"train_mse": 0.0', '"train_mse": 0.1'),
    "a verdict": lambda text: re.sub(r'("collapsed": )\w+', r"\1null", text),
    "a seed": lambda text: text.replace('"seed": 0', '"seed": 1'),
    "the files' checksums": lambda text: text.replace('"files": {', '"others": {'),
    "its own checksum": lambda text: text.replace('"sha256": "', '"sha257": "'),
}


@pytest.mark.parametrize("change", CHANGES)
def test_changed_metrics_are_refused(run: Path, change: str) -> None:
    text = (run / "metrics.json").read_text()
    (run / "metrics.json").write_text(CHANGES[change](text))
    assert (run / "metrics.json").read_text() != text
    with pytest.raises(DamagedFileError, match=r"metrics\.json was changed or damaged"):
        load_run(run)


def history_rows(run: Path) -> tuple[str, list[str]]:
    head, *rows = (run / "history.csv").read_text().splitlines(keepends=True)
    return head, rows


HISTORIES: dict[str, Callable[[str, list[str]], str]] = {
    "empty": lambda head, rows: "",
    "no row": lambda head, rows: head,
    "a row less": lambda head, rows: head + rows[0],
    "repeated": lambda head, rows: head + "".join(rows * 2),
    "a row twice": lambda head, rows: head + rows[0] * 2,
    "reordered": lambda head, rows: head + "".join(reversed(rows)),
    "other line ends": lambda head, rows: (head + "".join(rows)).replace("\n", "\r\n"),
}


@pytest.mark.parametrize("checked", [True, False])
@pytest.mark.parametrize("change", HISTORIES)
def test_a_changed_history_is_refused(run: Path, change: str, checked: bool) -> None:
    (run / "history.csv").write_bytes(HISTORIES[change](*history_rows(run)).encode())
    if not checked:
        drop_checksums(run)
        if change == "other line ends":
            assert len(load_run(run).result.history) == EPOCHS
            return
    with pytest.raises(InputError, match=r"history\.csv") as raised:
        load_run(run)
    assert "archsearch train" in raised.value.help
