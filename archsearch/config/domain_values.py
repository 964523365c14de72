"""Searched values that the model or the recipe can never take."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import partial

from archsearch.config.conditions import parse_condition
from archsearch.config.model import Model
from archsearch.config.named_settings import forms_of
from archsearch.config.overrides import changed, is_setting
from archsearch.config.settings import TrainSettings
from archsearch.config.space_problem import SpaceProblem, first_refused, refused
from archsearch.config.study import Domain, IntDomain, extremes
from archsearch.config.tasks.catalogue import DEFAULT_TASK
from archsearch.spec import Diagnostic, Expression, ExpressionError, Raw, find_target
from archsearch.spec.syntax.parse_values import mended, yes_or_no

__all__ = ["value_problems"]

_FEW = 16
"""So many whole numbers are all tried; of more, the two ends."""

_MOST_RESOLVED = 1_000
"""Models tried of one space, names of few values first: some 50 names of many use them up, and
what the others would show is left to the search."""

_PLAIN = (bool, int, float, str)
_OF_VALUES = frozenset({"expression-value", "choose-no-branch"})
"""Codes of diagnostics that a value itself causes, whatever sizes it leads to."""


def value_problems(
    model: Model, space: Mapping[str, Domain], names: Collection[str] | None = None
) -> Iterator[SpaceProblem]:
    """The first such value of each domain; all names lead somewhere.

    Args:
        model: the family.
        space: what is searched.
        names: whose values are asked for; None: all.

    Example:
        >>> from archsearch.config import ChoiceDomain, load
        >>> space = {"residual": ChoiceDomain(choices=("yes", False))}
        >>> [p.message for p in value_problems(load("specs/family.yaml"), space)]
        ["`residual` can't be yes"]
    """
    uses = _Uses(model, {name: each for name, each in space.items() if not is_setting(name)})
    asked = space if names is None else {name: space[name] for name in names}
    for name, domain in sorted(asked.items(), key=lambda item: len([*_tried(item[1])])):
        head, _, key = name.partition(".")
        if head == "train" and _is_sure(key):
            yield from first_refused(name, _tried(domain), partial(_take, key))
        elif not is_setting(name):  # nor what may be searched of a task
            for index, value in _tried(domain):
                if reason := uses.refusal(name, value):
                    yield refused(name, index, value, reason)
                    break


def _is_sure(key: str) -> bool:
    """Whether it is there in any recipe; an option depends on the study's own optimizer."""
    name, _, option = key.partition(".")
    return not option or forms_of(TrainSettings, name) is None


def _take(key: str, value: Raw) -> TrainSettings:
    return changed(TrainSettings(), "train", {key: value})


def _tried(domain: Domain) -> Iterator[tuple[int, Raw]]:
    yield from enumerate(extremes(domain))
    if isinstance(domain, IntDomain):
        between = range(domain.low + domain.step, domain.high, domain.step)
        if len(between) <= _FEW:
            yield from ((2, value) for value in between)


class _Uses:
    """What a family makes of values, found by resolving it."""

    def __init__(self, model: Model, space: Mapping[str, Domain]) -> None:
        self._model = model
        self._space = space
        self._conditions = {name: _parsed(domain.when) for name, domain in space.items()}
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
        for others in self._points(name):
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

    def _points(self, name: str) -> Iterator[dict[str, Raw]]:
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
        condition = self._conditions[name]
        if condition is None:
            return self._space[name].when is None  # one that can't be read is told elsewhere
        known = {**self._model.param_defaults, "task": DEFAULT_TASK.name, **others}
        plain = {key: found for key, found in known.items() if isinstance(found, _PLAIN)}
        try:
            return condition.evaluate(plain) is not False
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


def _parsed(condition: str | None) -> Expression | None:
    try:
        return None if condition is None else parse_condition(condition)
    except ExpressionError:
        return None


def _told(fault: Diagnostic) -> str:
    where = f"{fault.file}, line {fault.line}: {fault.message}"
    return f"{where}; {fault.help}" if fault.help else where
