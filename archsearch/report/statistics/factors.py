"""The searched choices as columns: which vary, and as numbers or as levels."""

from __future__ import annotations

from collections import Counter
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from archsearch.records import StudyRecord, Value

__all__ = ["Factor", "label_of", "searched_factors"]

Floats = npt.NDArray[np.float64]

_FEWEST_NUMBERS = 3
_WIDE_RATIO = 4.0


class Factor(NamedTuple):
    """One searched name over the architectures of a sample.

    ``values`` has a text for each architecture, "" where the name isn't set;
    ``numbers`` the numbers of a numeric one, on log₂ where its range is wide.
    """

    name: str
    kind: Literal["number", "choice"]
    log: bool
    whole: bool
    values: tuple[str, ...]
    numbers: tuple[float, ...]

    @property
    def levels(self) -> list[str]:
        """Distinct texts, the commonest first: the level that others are compared with."""
        counted = Counter(self.values)
        return sorted(counted, key=lambda level: (-counted[level], level))

    @property
    def unit(self) -> str:
        """What one step of ``numbers`` is, in words."""
        if self.log:
            return "each doubling"
        return "each step of 1" if self.whole else "from lowest to highest"

    def steps(self) -> Floats:
        """The numbers in units of :attr:`unit`."""
        numbers = np.asarray(self.numbers)
        return numbers if self.log or self.whole else numbers / np.ptp(numbers)


def searched_factors(study: StudyRecord, table: pd.DataFrame) -> tuple[Factor, ...]:
    """The searched names that vary over the architectures of ``table``, in the file's order."""
    by_number = {trial.number: trial.values for trial in study.trials}
    rows = [by_number[int(number)] for number in table["number"]]
    space = study.settings.get("space")
    named = list(map(str, space)) if isinstance(space, dict) else []
    names = dict.fromkeys([*named, *(name for row in rows for name in row)])
    made = (_factor(name, [row.get(name) for row in rows]) for name in names)
    return tuple(factor for factor in made if len(set(factor.values)) > 1)


def _factor(name: str, values: list[Value | None]) -> Factor:
    texts = tuple(map(label_of, values))
    numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    if len(numbers) < len(values) or len(set(numbers)) < _FEWEST_NUMBERS:
        return Factor(name, "choice", False, False, texts, ())
    low, high = min(numbers), max(numbers)
    log = low > 0 and high / low >= _WIDE_RATIO
    columns = np.log2(numbers) if log else np.asarray(numbers, dtype=np.float64)
    whole = all(float(number).is_integer() for number in numbers)
    return Factor(name, "number", log, whole, texts, tuple(map(float, columns)))


def label_of(value: Value | None) -> str:
    """A searched value as a level's name; "" for none.

    Example:
        >>> label_of(True), label_of((3, 5)), label_of(0.1), label_of(None)
        ('true', '3×5', '0.1', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value[0]}×{value[1]}" if isinstance(value, tuple) else str(value)
