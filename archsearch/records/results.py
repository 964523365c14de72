"""What one training leaves behind, in plain numbers that survive as JSON."""

from __future__ import annotations

from typing import Literal

from archsearch.html_table import html_table
from archsearch.printable import count
from archsearch.records.baselines import Baselines
from archsearch.records.record import Number, Record, ReprParts, rounded
from archsearch.records.scores import ChromaHistogram, ClassScores, Scores

__all__ = ["Environment", "EpochRecord", "LatentCodes", "RunResult"]


class EpochRecord(Record):
    """One row of ``history.csv``; ``epoch`` counts from 1."""

    epoch: int
    lr: float
    train_loss: float
    train_mse: float
    val_mse: float
    seconds: float


class Environment(Record):
    """What a result was computed with; enough to repeat it.

    Attributes:
        versions: of Python and the packages that numbers depend on.
        machine: processor and system.
        device: that computed.
        threads: of a training.
        engine: ``native`` or ``torch``, which earlier versions always took.
        engine_reason: why torch, where that was told.
    """

    versions: dict[str, str]
    machine: str
    device: str
    threads: int
    engine: Literal["native", "torch"] = "torch"
    engine_reason: str | None = None


class LatentCodes(Record):
    """How much of its latent a trained net uses, over some validation pictures.

    Attributes:
        pictures: how many were measured.
        units: numbers in the latent.
        active: units whose standard deviation is over 1 % of the largest.
        rank: principal components that explain 99 % of the codes' variance.
        mse: of the pictures with the codes as they are.
        mse_8bit: with every unit rounded to 256 levels of its training range.
        mse_4bit: to 16 levels.
    """

    pictures: int
    units: int
    active: int
    rank: int
    mse: float
    mse_8bit: Number = None
    mse_4bit: Number = None


class RunResult(Record):
    """A finished training of one plan with one seed.

    ``train_mse`` is that of the running predictions of the epoch whose weights are kept:
    ``weights_epoch`` with early stopping, else (None) the last. ``val`` and ``test`` are
    measured with these weights, ``test`` once. ``planned_epochs`` is there where the
    training stopped before. What the net was fed is (x − ``fed_mean``) / ``fed_std``,
    channel by channel, where it was standardized (``data.standardize``); both are empty
    where it wasn't. ``origin`` is there where the net was imported, trained or not: what from;
    nothing was trained here then, and there is no history.

    ``variance_share`` is the variance of the predictions between validation pictures,
    as a share of the pictures' own (of chroma, where the luminance is merged in). A net
    has ``collapsed`` where it is under 1 %: its output is the same for all pictures.
    Versions that didn't measure it (None) called a net collapsed whose error was within
    2 % of a constant guess's.
    """

    task: str
    seed: int
    splits: dict[Literal["train", "val", "test"], int]
    epochs: int
    history: tuple[EpochRecord, ...]
    train_mse: float
    val: Scores
    test: Scores
    baselines: Baselines
    collapsed: bool
    variance_share: Number = None
    images_per_s: float
    seconds: float
    data_fingerprint: str
    environment: Environment
    codes: LatentCodes | None = None
    classes: tuple[ClassScores, ...] = ()
    chroma: ChromaHistogram | None = None
    fed_mean: tuple[float, ...] = ()
    fed_std: tuple[float, ...] = ()
    weights_epoch: int | None = None
    planned_epochs: int | None = None
    origin: str | None = None

    def __repr_args__(self) -> ReprParts:
        """The few numbers that tell runs apart."""
        yield from (("task", self.task), ("seed", self.seed), ("epochs", self.epochs))
        yield from (("val_mse", rounded(self.val.mse)), ("test_mse", rounded(self.test.mse)))

    def _repr_html_(self) -> str:
        """The errors over those of baselines, for notebooks."""
        return self.to_html("this net")

    def to_html(self, name: str) -> str:
        """A table of the errors of a net, over those of its baselines.

        Args:
            name: the net's.
        """
        rows: list[tuple[object, ...]] = [(name, _told(self.val.mse), _told(self.test.mse))]
        rows += [
            (baseline.label, _told(errors.val), _told(errors.test))
            for baseline, errors in self.baselines.known()
        ]
        epochs = count(self.epochs, "epoch")
        told = f"{self.task}, seed {self.seed}, {epochs}, {self.seconds:.1f} s"
        head = ("MSE of RGB in [0, 1]", "validation", "test")
        note = ["The output is the same for every picture."] if self.collapsed else []
        return html_table(f"{name}: {told}", head, rows, numbers=(1, 2), below=note)

    @property
    def kept_epoch(self) -> int:
        """The epoch whose weights are kept, from 1."""
        return self.weights_epoch or self.epochs


def _told(error: float | None) -> str:
    return "" if error is None else f"{error:.5f}"
