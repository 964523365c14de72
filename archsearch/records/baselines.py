"""The errors of baselines, by name; files hold them flat, one key a number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from pydantic import model_serializer, model_validator

from archsearch.config.baselines import BASELINES, Baseline
from archsearch.records.record import Number, Record, none_if_not_finite
from archsearch.records.scores import ColorScores

__all__ = ["BaselineErrors", "Baselines", "known_baselines"]


class BaselineErrors(Record):
    """What one baseline comes to on the same pictures, fitted on the training split.

    Attributes:
        val: MSE of RGB in [0, 1] on the validation split.
        test: the same on the test split.
        color: its color scores on the test split, where it predicts colors.
    """

    val: Number = None
    test: Number = None
    color: ColorScores | None = None


_PARTS = tuple(BaselineErrors.model_fields)


class Baselines(Record):
    """The errors of each baseline that a task has, by its name.

    In files they stand flat, as ``pca_val``, ``pca_test``, …; those of
    :data:`archsearch.config.BASELINES` always do, with null for what isn't known. Those of
    newer versions are read, too, and called by their names.

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
        """The test MSE of every baseline, known or not."""
        return {name: self.test(name) for name in self._names()}

    def known(self) -> Iterator[tuple[Baseline, BaselineErrors]]:
        """Each baseline that is known, with its errors."""
        for name in self._names():
            if name in self.errors:
                yield BASELINES.get(name) or Baseline(name, name), self.errors[name]

    def _names(self) -> dict[str, None]:
        """Every baseline in the order of ``BASELINES``, then those of newer versions."""
        return dict.fromkeys((*BASELINES, *self.errors))

    @model_validator(mode="before")
    @classmethod
    def _by_name(cls, data: object) -> object:
        """Files' flat keys, by baseline; keys of newer versions are let through."""
        if not isinstance(data, dict) or "errors" in data:
            return data
        found: dict[str, dict[str, object]] = {}
        for key, value in data.items():
            name, _, part = str(key).rpartition("_")
            if part in _PARTS and none_if_not_finite(value) is not None:
                found.setdefault(name, {})[part] = value
        return {"errors": found}

    @model_validator(mode="after")
    def _has_channel_mean(self) -> Baselines:
        if self.val("channel_mean") is None or self.test("channel_mean") is None:
            raise ValueError("the channel mean's errors are missing")
        return self

    @model_serializer
    def _flat(self) -> dict[str, Any]:
        found = {
            f"{name}_{part}": getattr(self.errors.get(name), part, None)
            for name in self._names()
            for part in _PARTS
        }
        return {key: value for key, value in found.items() if key in _ALWAYS or value is not None}


_ALWAYS = {
    *(f"{name}_{split}" for name in BASELINES for split in ("val", "test")),
    *(f"{name}_color" for name, baseline in BASELINES.items() if baseline.color),
}
"""Keys that files always have."""


def known_baselines(baselines: Iterable[Baselines]) -> list[Baseline]:
    """The baselines that any of them has, in the order of ``BASELINES``."""
    found = {each.name: each for one in baselines for each, _ in one.known()}
    return sorted(found.values(), key=lambda each: [*BASELINES, *found].index(each.name))
