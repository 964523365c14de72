"""What one training leaves behind, in plain numbers that survive as JSON."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from archsearch.config.baselines import BASELINES, Baseline
from archsearch.config.metrics import METRICS

__all__ = [
    "BaselineErrors",
    "Baselines",
    "ChromaHistogram",
    "ClassScores",
    "Codes",
    "ColorScores",
    "Environment",
    "EpochRecord",
    "Number",
    "Record",
    "RunResult",
    "Scores",
    "known_baselines",
]


def _none_if_not_finite(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value


Number = Annotated[float | None, BeforeValidator(_none_if_not_finite)]
"""A float, or None where it is not finite (JSON has no inf and no NaN)."""


class Record(BaseModel):
    """Base of all records: frozen, numbers finite; keys of newer versions are let through."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class ColorScores(Record):
    """How well colors are predicted, on one split; chroma in full-range JFIF, [0, 1].

    Attributes:
        chroma_mse: mean over pixels and over Cb and Cr.
        desaturation: mean hypot(Cb − .5, Cr − .5), predicted / true; under 1 is
            paler than the originals. None where those are all gray.
        clipped: share of the RGB values that the merge with the exact luminance
            had to clip to [0, 1]; None where nothing is merged.
        delta_e: mean CIEDE2000 a pixel; like the accuracies, on the test split only.
        accuracy_2: share of pixels whose three rounded Lab channels are right within
            tolerance t = 2 (L ≤ t; a, b ≤ 2.2 t; Nazeri et al. 2018, arXiv 1803.05400).
        accuracy_5: the same with t = 5.
    """

    chroma_mse: float
    desaturation: Number = None
    clipped: Number = None
    delta_e: Number = None
    accuracy_2: Number = None
    accuracy_5: Number = None


class Scores(Record):
    """How well predictions meet their targets on one split.

    ``mse`` is the mean over pixels and channels of RGB in [0, 1], prediction
    clamped; ``psnr`` in dB; ``ssim`` None for pictures under 11 pixels;
    ``color`` only where colors are what a task predicts; ``metrics`` the values of those
    that ``train.metrics`` names, by name, or None without any.
    """

    mse: float
    psnr: Number = None
    ssim: Number = None
    color: ColorScores | None = None
    metrics: dict[str, Number] | None = None

    @model_serializer(mode="wrap")
    def _as_before_metrics(self, handler: SerializerFunctionWrapHandler) -> dict[str, object]:
        """Without ``metrics`` where none were asked for."""
        written: dict[str, object] = handler(self)
        if self.metrics is None:
            written.pop("metrics", None)
        return written

    def value(self, metric: str) -> float | None:
        """The value of a metric by its name; None where it wasn't, or couldn't be, measured.

        Example:
            >>> Scores(mse=0.01, metrics={"edges": 0.2}).value("edges")
            0.2
        """
        if metric in METRICS.builtin:
            found: float | None = getattr(self, metric)
            return found
        return (self.metrics or {}).get(metric)


class ClassScores(Record):
    """How well the test pictures of one class are predicted."""

    name: str
    pictures: int
    mse: float
    desaturation: Number = None
    delta_e: Number = None


class ChromaHistogram(Record):
    """How often each chroma occurs in the test split, true and predicted.

    ``true`` and ``predicted`` hold ``side``·``side`` counts of pixels, row by row:
    cell (i, j) is Cb in [i, i+1)/side and Cr in [j, j+1)/side (1 in the last cell).
    """

    side: int
    true: tuple[int, ...]
    predicted: tuple[int, ...]


class EpochRecord(Record):
    """One row of ``history.csv``; ``epoch`` counts from 1."""

    epoch: int
    lr: float
    train_loss: float
    train_mse: float
    val_mse: float
    seconds: float


class BaselineErrors(Record):
    """What one baseline comes to on the same pictures, fitted on the training split.

    Attributes:
        val: MSE of RGB in [0, 1] on the validation split.
        test: the same on the test split.
        color: its color scores on the test split, where it predicts colors.
        label: as people read it, of a baseline that archsearch doesn't have itself.
    """

    val: Number = None
    test: Number = None
    color: ColorScores | None = None
    label: str = ""


_PARTS = tuple(BaselineErrors.model_fields)


class Baselines(Record):
    """The errors of each baseline that a task has, by its name.

    In files they stand flat, as ``pca_val``, ``pca_test``, …; archsearch's own baselines
    (:data:`archsearch.config.BASELINES`) always do, with null for what isn't known.

    Example:
        >>> found = Baselines.model_validate({"channel_mean_val": 0.06, "channel_mean_test": 0.07})
        >>> found.test("channel_mean"), found.test("pca")
        (0.07, None)
    """

    errors: dict[str, BaselineErrors]

    @classmethod
    def of(
        cls,
        errors: Mapping[str, tuple[float, float] | None],
        colors: Mapping[str, ColorScores] = MappingProxyType({}),
    ) -> Baselines:
        """Errors on validation and test, by name, and color scores of some; None: not known."""
        found = {
            name: BaselineErrors(val=pair[0], test=pair[1], color=colors.get(name))
            for name, pair in errors.items()
            if pair is not None
        }
        return cls(errors=found)

    def val(self, name: str) -> float | None:
        """The validation MSE of a baseline; None where it isn't known."""
        return self.errors.get(name, BaselineErrors()).val

    def test(self, name: str) -> float | None:
        """The test MSE of a baseline; None where it isn't known."""
        return self.errors.get(name, BaselineErrors()).test

    def color(self, name: str) -> ColorScores | None:
        """A baseline's color scores on the test split; None where it has none."""
        return self.errors.get(name, BaselineErrors()).color

    def pair(self, name: str) -> tuple[float, float] | None:
        """The MSEs of a baseline on validation and test; None where one isn't known."""
        val, test = self.val(name), self.test(name)
        return None if val is None or test is None else (val, test)

    def tests(self) -> dict[str, float | None]:
        """The test MSE of each of archsearch's own baselines, and of others that are known."""
        return {name: self.test(name) for name in (*BASELINES, *self.errors)}

    def known(self) -> Iterator[tuple[Baseline, BaselineErrors]]:
        """Each baseline with its errors: archsearch's own first, in their order."""
        for name in sorted(self.errors, key=[*BASELINES, *self.errors].index):
            errors = self.errors[name]
            yield BASELINES.get(name) or Baseline(name, errors.label or name), errors

    @model_validator(mode="before")
    @classmethod
    def _by_name(cls, data: object) -> object:
        """Files' flat keys, by baseline; keys of newer versions are let through."""
        if not isinstance(data, dict) or "errors" in data:
            return data
        found: dict[str, dict[str, object]] = {}
        for key, value in data.items():
            name, _, part = str(key).rpartition("_")
            if part in _PARTS and _none_if_not_finite(value) is not None:
                found.setdefault(name, {})[part] = value
        return {"errors": found}

    @model_validator(mode="after")
    def _has_channel_mean(self) -> Baselines:
        if self.val("channel_mean") is None or self.test("channel_mean") is None:
            raise ValueError("the channel mean's errors are missing")
        return self

    @model_serializer
    def _flat(self) -> dict[str, Any]:
        names = dict.fromkeys((*BASELINES, *self.errors))
        found = {
            f"{name}_{part}": getattr(self.errors.get(name, BaselineErrors()), part)
            for name in names
            for part in _PARTS
        }
        return {
            key: value for key, value in found.items() if key in _ALWAYS or value not in (None, "")
        }


_ALWAYS = {
    *(f"{name}_{split}" for name in BASELINES for split in ("val", "test")),
    *(f"{name}_color" for name, baseline in BASELINES.items() if baseline.color),
}
"""Keys that files always have."""


class Environment(Record):
    """What a result was computed with; enough to repeat it."""

    versions: dict[str, str]
    machine: str
    device: str
    threads: int


class Codes(Record):
    """How much of its latent a trained net uses, over some validation pictures.

    Attributes:
        pictures: how many were measured.
        units: numbers in the latent.
        active: units whose standard deviation is over 1 % of the largest.
        rank: principal components that hold 99 % of the codes' variance.
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

    ``train_mse`` is that of the last epoch's running predictions; ``val`` and
    ``test`` are measured with the last epoch's weights, ``test`` once. What the
    net was fed is (x − ``fed_mean``) / ``fed_std``, channel by channel, where it
    was standardized (``data.standardize``); both are empty where it wasn't.

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
    codes: Codes | None = None
    classes: tuple[ClassScores, ...] = ()
    chroma: ChromaHistogram | None = None
    fed_mean: tuple[float, ...] = ()
    fed_std: tuple[float, ...] = ()


def known_baselines(results: Iterable[RunResult]) -> list[Baseline]:
    """The baselines that any run has: archsearch's own first, in their order."""
    found = {each.name: each for result in results for each, _ in result.baselines.known()}
    return sorted(found.values(), key=lambda each: [*BASELINES, *found].index(each.name))
