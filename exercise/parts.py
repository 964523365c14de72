"""What is trained for the exercise: command lines of archsearch, in parts that can be resumed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from exercise.results import best_trials

__all__ = ["FULL", "PARTS", "SEARCHES", "SMALL", "STUDIES", "WINNERS", "Places", "Size"]

NINE_LAYERS = "specs/acml-nine-layer.yaml"
STUDIES = Path(__file__).parents[1] / "studies"
SEARCHES = ("best-net", "size-front")
"""Studies that look for good nets in one space."""
WINNERS = 3
"""Nets of the searches that are trained again on all pictures."""


@dataclass(frozen=True)
class Places:
    """Where pictures come from and results go.

    Attributes:
        data: the source of pictures, as in ``train --data``.
        runs: folder of trained runs, and of the studies' database.
        reports: folder that gets a report of each part.
        workers: trainings of a study at once.
    """

    data: str
    runs: Path
    reports: Path
    workers: int

    @property
    def storage(self) -> str:
        """The studies' database."""
        return f"sqlite:///{self.runs}/exercise.db"


@dataclass(frozen=True)
class Size:
    """How much is trained.

    Attributes:
        seeds: of the nine-layer net, and of the trainings at the end.
        epochs: of the nine-layer net, for each of its comparisons.
        limit: pictures for whatever isn't a study; None for all.
        studies: options for the studies of ``studies/``, which make them smaller.
        own: folder of study files that take the place of those of the same name.
        parts: what is trained.
    """

    seeds: tuple[int, int]
    epochs: tuple[int, ...]
    limit: int | None
    studies: tuple[str, ...]
    own: Path | None
    parts: tuple[str, ...]


Words = list[str]
Part = Callable[[Places, Size], Iterator[Words]]


def _train(places: Places, size: Size, spec: str | Path, run: str, *more: str) -> Words:
    limit = [] if size.limit is None else ["--limit", str(size.limit)]
    out = ["--out", str(places.runs / run)]
    return ["train", str(spec), "--data", places.data, *limit, *more, *out]


def _report(places: Places, name: str) -> Words:
    runs = sorted(str(run) for run in (places.runs / name).iterdir())
    return ["report", *runs, "--out", str(places.reports / name)]


def nine_layers(places: Places, size: Size) -> Iterator[Words]:
    """The reference net, trained as briefly as the exercise asks and for longer."""
    for epochs in size.epochs:
        for seed in range(size.seeds[0]):
            run = f"nine-layer/{epochs}-epochs-seed-{seed}"
            more = ["--epochs", str(epochs), "--seed", str(seed)]
            yield _train(places, size, NINE_LAYERS, run, *more)
    yield _report(places, "nine-layer")


def study(name: str) -> Part:
    """A study of ``studies/``, and its report."""

    def part(places: Places, size: Size) -> Iterator[Words]:
        storage = ["--storage", places.storage]
        workers = ["--workers", str(places.workers)]
        own = None if size.own is None else size.own / f"{name}.yaml"
        file, less = f"studies/{name}.yaml", size.studies
        if own is not None and own.exists():
            file, less = str(own), ()
        yield ["study", "run", file, "--data", places.data, *less, *storage, *workers]
        yield ["report", file, *storage, "--out", str(places.reports / name)]

    return part


def winners(places: Places, size: Size) -> Iterator[Words]:
    """The best nets of the searches, trained again on all pictures."""
    specs, storage = places.runs / "winners-specs", ["--storage", places.storage]
    best = best_trials(places.reports, SEARCHES, WINNERS)
    for rank, (search, trial) in enumerate(best, start=1):
        spec = specs / f"{rank}.yaml"
        yield ["study", "best", search, "--trial", str(trial), *storage, "--out", str(spec)]
        for seed in range(size.seeds[1]):
            run = f"winners/{rank}-seed-{seed}"
            yield _train(places, size, spec, run, "--seed", str(seed))
    yield _report(places, "winners")


def denoising(places: Places, size: Size) -> Iterator[Words]:
    """The nine-layer net and the best one of the searches, with noise to take away."""
    for name, spec in (("nine-layer", NINE_LAYERS), ("best", places.runs / "winners-specs/1.yaml")):
        for seed in range(size.seeds[1]):
            run = f"denoising/{name}-seed-{seed}"
            more = ["--task", "denoise", "--seed", str(seed)]
            yield _train(places, size, spec, run, *more)
    yield _report(places, "denoising")


PARTS: Mapping[str, Part] = {
    "nine-layer": nine_layers,
    "code-size": study("code-size"),
    "nine-layer-factors": study("nine-layer-factors"),
    "colorize": study("colorize"),
    "best-net": study("best-net"),
    "size-front": study("size-front"),
    "winners": winners,
    "denoising": denoising,
    "latent-activation": study("latent-activation"),
    "code-long": study("code-long"),
}
"""Every part, in an order in which what a part needs stands before it."""

WHOLE_ONLY = ("size-front", "latent-activation", "code-long")
"""Parts that would tell nothing on few pictures."""

FULL = Size((5, 3), (10, 50), limit=None, studies=(), own=None, parts=tuple(PARTS))
SMALL = Size(
    seeds=(1, 1),
    epochs=(10,),
    limit=6000,
    studies=("--limit", "6000", "--epochs", "6", "--trials", "6", "--seeds", "1"),
    own=Path("exercise/small"),
    parts=tuple(name for name in PARTS if name not in WHOLE_ONLY),
)
