"""A bit that flips in any file of a run is noticed, or changes nothing."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from archsearch.config import load
from archsearch.errors import ArchsearchError, InputError
from archsearch.records import load_run
from archsearch.records.run_files import RUN_FILES, RunFiles
from archsearch.train import fit, load_model
from archsearch.train.run_folder.finished import find_finished
from tests.train.loop.test_checkpoint import KILLED_AFTER, broken_off, numbers

from .finished_runs import EPOCHS, dice, flip, flip_somewhere

pytestmark = pytest.mark.usefixtures("quickly_drawn")


def loaded(run: Path) -> dict[str, object]:
    """Each thing that a command reads of a run: what it says, or why it is refused."""

    def found(read: Callable[[], object]) -> object:
        try:
            return read()
        except ArchsearchError as error:
            return error

    return {
        "record": found(lambda: load_run(run)),
        "weights": found(lambda: [w.tolist() for w in load_model(run).state_dict().values()]),
        "strip": found(lambda: RunFiles(run).read("strip.png")),
    }


def check_flips(first: Path, run: Path, each: int) -> None:
    chosen, whole = dice(1), loaded(first)
    for name in ("metrics.json", *RUN_FILES):
        kept = (run / name).read_bytes()
        for _ in range(each):
            bit = chosen.randrange(8 * len(kept))
            flip(run / name, bit)
            for what, found in loaded(run).items():
                if isinstance(found, InputError):
                    assert str(run / name) in found.what, (bit, found)
                    assert "archsearch train" in found.help
                else:
                    assert found == whole[what], (name, bit)
            told = {what for what, found in loaded(run).items() if isinstance(found, InputError)}
            read = {"model.safetensors": "weights", "strip.png": "strip"}.get(name, "record")
            seen = name not in {"metrics.json", "curves.png", "pictures.png"}
            assert not seen or read in told, (name, bit)
            (run / name).write_bytes(kept)


def test_a_flipped_bit_is_refused_by_the_files_name_or_changes_nothing(first, run) -> None:
    check_flips(first, run, each=6)


@pytest.mark.full
def test_thousands_of_flipped_bits(first: Path, run: Path) -> None:
    check_flips(first, run, each=400)


def refusal(find: Callable[[], object]) -> str | None:
    try:
        found = find()
    except InputError as error:
        return error.what
    assert found is None
    return None


def test_a_flipped_bit_in_a_run_that_goes_on(made, run: Path) -> None:
    """Before anything is trained: the same run, or a refusal that names the file."""
    chosen, plan = dice(2), load(run.parent / "model.yaml").plan()
    (run / "metrics.json").unlink()
    outcomes = set()
    for name in ("spec.yaml", "config.json"):
        kept = (run / name).read_bytes()
        for _ in range(40):
            flip(run / name, chosen.randrange(8 * len(kept)))
            told = refusal(lambda: find_finished(run, plan, made.settings(epochs=EPOCHS)))
            where = ("data.", "task.", "train.") if name == "config.json" else ()
            assert told is None or any(word in told for word in (name, *where)), told
            outcomes.add("the same" if told is None else "refused")
            (run / name).write_bytes(kept)
    assert outcomes == {"the same", "refused"}


@pytest.mark.parametrize(
    "flips", [12, pytest.param(500, marks=pytest.mark.full)], ids=["some", "many"]
)
def test_a_flipped_bit_in_a_checkpoint_changes_no_number(made, run, tmp_path, flips) -> None:
    plan, pictures = load(run.parent / "model.yaml").plan(), made.made_pictures(40)
    settings = made.settings(epochs=KILLED_AFTER + 1)
    path = tmp_path / "kept" / "checkpoint.safetensors"
    broken_off(plan, settings, pictures, path)
    whole, chosen = numbers(fit(plan, settings, pictures)), dice(3)
    for number in range(flips):
        folder = Path(shutil.copytree(path.parent, tmp_path / str(number)))
        flip_somewhere(folder / path.name, chosen)
        assert numbers(fit(plan, settings, pictures, checkpoint=folder / path.name)) == whole
