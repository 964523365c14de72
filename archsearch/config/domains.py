"""``space:`` in a study file: names and paths with the values they may take."""

from __future__ import annotations

from collections.abc import Iterable

from archsearch.config.conditions import check_conditions
from archsearch.config.model import Model
from archsearch.config.settings import TrainSettings
from archsearch.config.study import ChoiceDomain, Domain, FloatDomain, IntDomain
from archsearch.config.validation import Data, strict_data, validated
from archsearch.spec import PathError, Raw, Source, Span, Target, find_target
from archsearch.spec.nearest import did_you_mean
from archsearch.spec.nodes import Entry, ListNode, MapNode, Node

__all__ = ["read_space"]

_FORMS: dict[str, type[IntDomain] | type[FloatDomain] | type[ChoiceDomain]] = {
    "int": IntDomain,
    "float": FloatDomain,
    "choice": ChoiceDomain,
}
_EXAMPLE = "for example {int: [4, 32], log: true} or {choice: [3, 5]}"


def read_space(source: Source, node: MapNode, model: Model | None) -> dict[str, Domain]:
    """Read all domains; with ``model``, check that each name leads somewhere and fits."""
    found: dict[str, Domain] = {}
    for entry in node:
        domain = _read_domain(source, entry)
        if domain is None:
            continue
        found[entry.key] = domain
        if model is not None:
            _check_target(source, entry, domain, model)
    if model is not None:
        check_conditions(source, node, found, model)
    return found


def _read_domain(source: Source, entry: Entry) -> Domain | None:
    value = entry.value
    forms = [e for e in value if e.key in _FORMS] if isinstance(value, MapNode) else []
    if len(forms) != 1 or not isinstance(value, MapNode):
        source.problem(
            "bad-domain",
            value.span,
            f"`{entry.key}` needs one of int, float and choice",
            help=_EXAMPLE,
        )
        return None
    form = forms[0]
    data: dict[str, Data] = {e.key: strict_data(e.value) for e in value if e is not form}
    bounds = strict_data(form.value)
    if form.key == "choice":
        data["choices"] = bounds
    elif isinstance(bounds, tuple) and len(bounds) == 2:
        data["low"], data["high"] = bounds
    else:
        source.problem(
            "bad-domain", form.value.span, f"`{form.key}` takes [low, high]", help=_EXAMPLE
        )
        return None
    prefix = f"space.{entry.key}."
    domain: Domain | None = validated(source, _FORMS[form.key], data, value, prefix)
    return domain if domain is not None and _is_sound(source, form, domain) else None


def _is_sound(source: Source, form: Entry, domain: Domain) -> bool:
    problem = help = ""
    if isinstance(domain, ChoiceDomain):
        if len(set(map(repr, domain.choices))) < len(domain.choices):
            problem, help = "a choice is there twice", "remove one of the two"
    elif domain.low > domain.high:
        problem = f"low {domain.low} is above high {domain.high}"
        help = f"write [{domain.high}, {domain.low}]"
    elif domain.log and domain.low <= 0:
        problem = f"a log scale can't begin at {domain.low}"
        help = "begin above 0, or leave out log"
    elif isinstance(domain, IntDomain) and domain.log and domain.step != 1:
        problem, help = "log and step don't go together", "leave one of them out"
    if problem:
        source.problem("bad-domain", form.value.span, problem, help=help)
    return not problem


def _check_target(source: Source, entry: Entry, domain: Domain, model: Model) -> None:
    head, _, rest = entry.key.partition(".")
    if head == "train":
        _check_train(source, entry, rest)
        return
    if head in {"data", "task"}:
        source.problem(
            "bad-path",
            entry.key_node.span,
            f"`{entry.key}` can't be searched over",
            help="all trials see the same pictures and the same task, so that errors compare",
        )
        return
    try:
        target = find_target(model.family, entry.key)
    except PathError as error:
        source.problem("bad-path", entry.key_node.span, error.message, help=error.help)
        return
    _check_values(source, entry, domain, target)


def _check_train(source: Source, entry: Entry, name: str) -> None:
    known = [field for field in TrainSettings.model_fields if field != "seed"]
    if name not in known:
        source.problem(
            "bad-path",
            entry.key_node.span,
            f"`train` has no `{name}` to search over",
            help=did_you_mean(name, known),
        )


def _check_values(source: Source, entry: Entry, domain: Domain, target: Target) -> None:
    if target.field is None or not isinstance(entry.value, MapNode):
        return
    for index, value in enumerate(_extremes(domain)):
        if target.field.type.read(value) is None:
            place = next(e.value for e in entry.value if e.key in _FORMS)
            span = _value_span(place, index, domain)
            source.problem(
                "value-not-allowed",
                span,
                f"`{entry.key}` can't be {value!r}",
                help=f"`{target.field.name}` takes {target.field.type.expects}",
            )
            return


def _value_span(place: Node, place_in_list: int, domain: Domain) -> Span:
    if isinstance(domain, ChoiceDomain) and isinstance(place, ListNode):
        return place.items[place_in_list].span
    return place.span


def _extremes(domain: Domain) -> Iterable[Raw]:
    return domain.choices if isinstance(domain, ChoiceDomain) else (domain.low, domain.high)
