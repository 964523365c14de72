"""What every campaign works on: a small spec, a study, pictures, and what they give."""

from __future__ import annotations

import csv
import io
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image

from archsearch.records import TrialRecord
from tests.reliability.commands import Ended, run

__all__ = [
    "COMMANDS",
    "new_place",
    "prepared",
    "results",
    "said",
    "same",
    "small_pictures",
    "temporary_files",
    "values_of",
]

SPEC = """
name: small
input: {channels: auto, height: 8, width: 8}
params: {width: 3}
encoder:
  - conv: {channels: $width, kernel: 3, padding: same, activation: relu}
  - pool: {kernel: 2}
decoder:
  - upsample: {scale: 2}
  - conv: {channels: auto, kernel: 3, padding: same, activation: sigmoid}
"""
STUDY = """
name: small
model: small.yaml
data: {source: "folder:pictures"}
train: {epochs: 2, batch_size: 8}
space: {width: {int: [1, 6]}}
search: {method: random, trials: 4, seeds: 1}
"""
PICTURES = 30
STORAGE = "--storage=sqlite:///kept/small.db"
TRAIN = ("train", "small.yaml", "--data=folder:pictures", "--epochs=5", "--batch-size=4")

COMMANDS: dict[str, tuple[str, ...]] = {
    "prepare": ("data", "prepare", "folder:pictures", "--size=8"),
    "train": (*TRAIN, "--threads=1", "--out=kept/run"),
    "study": ("study", "run", "study.yaml", STORAGE, "--workers=2"),
    "worker": ("study", "worker", "small", STORAGE, "--workers=1"),
    "report": ("report", "small", STORAGE, "--out=kept/report"),
    "apply": ("apply", "kept/run", "large.png", "--out=kept/applied", "--overwrite"),
    "export": (
        "export",
        "kept/run",
        "--to=torch",
        "--to=python",
        "--out=kept/exported",
        "--overwrite",
    ),
}
"""The commands that write, in an order in which each finds what it reads."""

NEEDS: dict[str, tuple[str, ...]] = {
    "report": ("study",),
    "worker": ("waiting",),
    "apply": ("train",),
    "export": ("train",),
}
EARLIER = {**COMMANDS, "waiting": (*COMMANDS["study"][:-1], "--workers=0")}

VOLATILE = {"seconds", "images_per_s", "sha256", "files", "started", "ended", "command"}
"""What isn't the same twice; checksums are of files that hold such."""


def small_pictures() -> np.ndarray:
    """Thirty smooth pictures, N×8×8×3."""
    coarse = np.random.default_rng(0).integers(0, 255, (PICTURES, 2, 2, 3), dtype=np.uint8)
    bilinear = Image.Resampling.BILINEAR
    return np.stack([np.asarray(Image.fromarray(c).resize((8, 8), bilinear)) for c in coarse])


@contextmanager
def new_place() -> Iterator[Path]:
    """A folder with the inputs, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="reliability-"))
    (folder / "small.yaml").write_text(SPEC)
    (folder / "study.yaml").write_text(STUDY)
    (folder / "pictures").mkdir()
    pictures = small_pictures()
    for number, pixels in enumerate(pictures):
        Image.fromarray(pixels).save(folder / "pictures" / f"{number:02}.png")
    Image.fromarray(pictures.reshape(-1, 8, 3)).save(folder / "large.png")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def prepared(command: str) -> Iterator[Path]:
    """The same, with what ``command`` reads: a finished run, a study."""
    with new_place() as folder:
        for earlier in NEEDS.get(command, ()):
            ended = run(EARLIER[earlier], folder)
            assert ended.code == 0, ended.said
        yield folder


def results(folder: Path) -> dict[str, object]:
    """What commands left below ``kept/`` and the cache, without what isn't the same twice.

    Names and texts that hold the folder's own name are told without it.
    """
    found: dict[str, object] = {}
    for path in sorted((folder / "kept").rglob("*")):
        name = path.relative_to(folder).as_posix()
        if "artifacts" in path.parts:
            found["artifacts"] = int(str(found.get("artifacts", 0))) + path.is_file()
        elif path.suffix == ".db":
            found[name] = values_of(path)
        elif path.is_file() and path.stem != "timeline":
            found[name] = _content(path, folder)
    for path in sorted((folder / "cache").rglob("[!.]*.npy")):
        found[f"cache/{path.name}"] = path.read_bytes()
    return found


def temporary_files(folder: Path) -> list[str]:
    """Hidden files that were left; the cache keeps its locks."""
    hidden = [path for root in ("kept", "cache") for path in (folder / root).rglob(".*")]
    return [str(path.relative_to(folder)) for path in hidden if path.suffix != ".lock"]


def same(one: Mapping[str, object], other: Mapping[str, object]) -> list[str]:
    """Names of what differs."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def said(ended: Ended) -> str:
    """A word for how a command ended."""
    return f"signal {-ended.code}" if ended.code < 0 else f"exit {ended.code}"


def _content(path: Path, folder: Path) -> object:
    content = path.read_bytes().replace(str(folder).encode(), b"FOLDER")
    if path.suffix == ".json":
        try:
            return _without_volatile(json.loads(content))
        except ValueError:  # damaged
            return content
    if path.name == "history.csv":
        rows = csv.DictReader(io.StringIO(content.decode()))
        return [{name: row[name] for name in row if name != "seconds"} for row in rows]
    return len(content) > 0 if path.suffix in {".html", ".md", ".svg", ".csv"} else content


def _without_volatile(value: object) -> object:
    if isinstance(value, dict):
        return {k: _without_volatile(v) for k, v in value.items() if k not in VOLATILE}
    return [_without_volatile(each) for each in value] if isinstance(value, list) else value


def values_of(path: Path) -> object:
    """What the trainings of a study's database gave."""
    from archsearch.records import load_study

    return sorted(
        (str(dict(trial.values)), trial.state, _errors(trial))
        for trial in load_study(f"sqlite:///{path}", "small").trials
    )


def _errors(trial: TrialRecord) -> list[object]:
    """Of each seed all that was measured."""
    from archsearch.records.result_columns import known_numbers

    return [
        (each.seed, each.state, sorted(known_numbers(each.result).items()) if each.result else [])
        for each in trial.seeds
    ]
