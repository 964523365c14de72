"""Searched values that the model or the recipe can never take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from archsearch.config.conditions import parse_condition
from archsearch.config.model import Model
from archsearch.config.overrides import changed
from archsearch.config.settings import TrainSettings
from archsearch.config.study import Domain, IntDomain, extremes
from archsearch.errors import InputError
from archsearch.spec import Diagnostic, ExpressionError, Raw, find_target
from archsearch.spec.parse_values import mended, shown, yes_or_no

__all__ = ["ValueProblem", "value_problems"]

_FEW = 16
"""So many whole numbers are all tried; of more, the two ends."""

_MOST_RESOLVED = 1_000
"""Models tried of one space; what a larger one would show later is left to the search."""

_PLAIN = (bool, int, float, str)
_OF_VALUES = frozenset({"expression-value", "choose-no-branch"})
"""Codes of diagnostics that a value itself causes, whatever sizes it leads to."""


@dataclass(frozen=True)
class ValueProblem:
    """A value that nothing can be made of.

    Attributes:
        name: the searched name.
        index: the value's place in the domain's list; past its end for one between low and high.
        message: what is wrong.
        help: what is allowed.
    """

    name: str
    index: int
    message: str
    help: str


def value_problems(model: Model, space: Mapping[str, Domain]) -> Iterator[ValueProblem]:
    """The first such value of each domain; all names lead somewhere.

    Example:
        >>> from archsearch.config import ChoiceDomain, load
        >>> space = {"residual": ChoiceDomain(choices=("yes", False))}
        >>> [p.message for p in value_problems(load("specs/family.yaml"), space)]
        ["`residual` can't be yes"]
    """
    uses = _Uses(model, {name: domain for name, domain in space.items() if _of_model(name)})
    for name, domain in space.items():
        for index, value in _tried(domain):
            reason = uses.refusal(name, value) if _of_model(name) else _of_recipe(name, value)
            if reason:
                yield ValueProblem(name, index, f"`{name}` can't be {shown(value)}", reason)
                break


def _of_model(name: str) -> bool:
    return name != "task" and not name.startswith(("train.", "task.", "data."))


def _tried(domain: Domain) -> Iterator[tuple[int, Raw]]:
    yield from enumerate(extremes(domain))
    if isinstance(domain, IntDomain):
        between = range(domain.low + domain.step, domain.high, domain.step)
        yield from ((2, value) for value in between if len(between) <= _FEW)


def _of_recipe(name: str, value: Raw) -> str:
    head, _, key = name.partition(".")
    if head != "train":
        return ""  # what may be searched of a task depends on the study's own
    try:
        changed(TrainSettings(), "train", {key: value})
    except InputError as error:
        return error.help
    return ""


class _Uses:
    """What a family makes of values, found by resolving it."""

    def __init__(self, model: Model, space: Mapping[str, Domain]) -> None:
        self._model = model
        self._space = space
        self._found: dict[str, tuple[str, str]] = {}

    def refusal(self, name: str, value: Raw) -> str:
        """Why no candidate can have ``value``, or "".

        A param's value is tried among others of the space: some layers that read it may
        stand only there. It is refused if it fails somewhere and serves nowhere.
        """
        field = find_target(self._model.family, name).field
        if field is not None:
            return "" if field.type.read(value) is not None else mended(field, value)
        failure = ""
        for others in self._settings(name):
            fault, without = self._resolved(others)
            if len(self._found) > _MOST_RESOLVED:
                return ""
            if fault or not without or not self._is_searched(name, others):
                continue
            fault, key = self._resolved({**others, name: value})
            if not fault and key != without:
                return ""  # it serves
            failure = failure or fault
        return (failure and yes_or_no(value)) or failure

    def _settings(self, name: str) -> Iterator[dict[str, Raw]]:
        """Values of the other names: the model's own, each searched one, all first, all last."""
        others = {
            other: [value for _, value in _tried(domain)]
            for other, domain in self._space.items()
            if other != name
        }
        yield {}
        for other, values in others.items():
            yield from ({other: value} for value in values)
        yield {other: values[0] for other, values in others.items()}
        yield {other: values[-1] for other, values in others.items()}

    def _is_searched(self, name: str, others: Mapping[str, Raw]) -> bool:
        condition = self._space[name].when
        known = {**self._model.param_defaults, "task": "reconstruct", **others}
        try:
            plain = {key: found for key, found in known.items() if isinstance(found, _PLAIN)}
            return condition is None or parse_condition(condition).evaluate(plain) is not False
        except ExpressionError:
            return False

    def _resolved(self, values: Mapping[str, Raw]) -> tuple[str, str]:
        """What is wrong with these values themselves, and the key of the model they give."""
        asked = repr(values)  # not the values: 1 and true are equal
        if asked not in self._found:
            outcome = self._model.resolve(values=values)
            faults = [item for item in outcome.diagnostics if item.code in _OF_VALUES]
            key = "" if outcome.plan is None else outcome.plan.key
            self._found[asked] = _told(faults[0]) if faults else "", key
        return self._found[asked]


def _told(fault: Diagnostic) -> str:
    where = f"{fault.file}, line {fault.line}: {fault.message}"
    return f"{where}; {fault.help}" if fault.help else where
