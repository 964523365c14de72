"""Settings at and beyond their edges, alone and in pairs, through `train`."""

from __future__ import annotations

import itertools
import random
import types
import typing
from functools import cache

from pydantic import BaseModel

from archsearch.config import TASKS, DataSettings
from archsearch.config.settings import TrainSettings
from tests.reliability.campaign import Campaign, Outcome
from tests.reliability.commands import faults, run
from tests.reliability.place import new_place, said

LONGEST = 600.0
WHOLE = ("0", "1", "2", "-1", "10", "65536", "99999999", str(2**63), str(2**64), str(10**30), "1.5")
REAL = (
    "0", "-0.0", "1e-300", "5e-324", "0.5", "1", "100", "1e308", "1e400", ".nan", ".inf", "-.inf",
    "-1",
)  # fmt: skip
OTHERS = ("null", "true", "''", "[]", "{}", "x", "1e-3", "[1, 2]", "'$(1)'")
LONG = ("train.epochs",)
"""More of these only takes longer, so nothing above 2 is tried where it is allowed."""


@cache
def paths() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Each setting with the values to try."""
    sections: list[tuple[str, type[BaseModel]]] = [("data", DataSettings), ("train", TrainSettings)]
    found = [
        (f"{section}.{name}", _values(field.annotation))
        for section, settings in sections
        for name, field in settings.model_fields.items()
        if name not in {"log", "source"}
    ]
    return tuple((name, values[:3] if name in LONG else values) for name, values in found)


def at_an_edge(seed: int) -> Outcome:
    """One setting or two, of a value that may not be allowed."""
    draw = random.Random(seed)  # noqa: S311 - no secret
    singles = [(name, value) for name, values in paths() for value in values]
    task = draw.choice(list(TASKS))
    if seed < len(singles):
        chosen, task = [singles[seed]], "reconstruct"
    else:
        chosen = draw.sample(singles, 2)
    sets = list(itertools.chain.from_iterable(("--set", f"{n}={v}") for n, v in chosen))
    with new_place() as folder:
        words = ["train", "small.yaml", "--data=folder:pictures", "--out=kept/run", "--threads=1"]
        given = {name for name, _ in chosen}
        words += [] if "train.epochs" in given else ["--epochs=1"]
        ended = run([*words, f"--task={task}", *sets], folder, seconds=LONGEST)
    case = f"{task}, " + ", ".join(f"{name}={value}" for name, value in chosen)
    return Outcome(case, said(ended), tuple(faults(ended, {0, 1, 2})))


def _values(annotation: object) -> tuple[str, ...]:
    leaves = list(_leaves(annotation))
    kinds = {each for each in leaves if isinstance(each, type)}
    words = tuple(each for each in leaves if isinstance(each, str))
    whole = WHOLE if int in kinds else ()
    return (*words, *whole, *(REAL if float in kinds else ()), *OTHERS)


def _leaves(annotation: object) -> typing.Iterator[object]:
    """The types and the words that an annotation allows."""
    origin = typing.get_origin(annotation)
    if origin is typing.Literal:
        yield from typing.get_args(annotation)
    elif origin in {typing.Union, types.UnionType, typing.Annotated, tuple}:
        for each in typing.get_args(annotation):
            yield from _leaves(each)
    else:
        yield annotation


SETTINGS = Campaign(
    "settings",
    "each setting of data and recipe at and beyond its edges, alone, then two at random with a "
    "random task; `train` on thirty pictures",
    "The training ends well, fails with its reason (1), or the setting is named (2).",
    wanted=1_000,
    few=(7,),
    try_one=at_an_edge,
)
