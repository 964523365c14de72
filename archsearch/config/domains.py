"""``space:`` in a study file: names and paths with the values they may take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from archsearch.config.conditions import check_conditions
from archsearch.config.domain_values import value_problems
from archsearch.config.model import Model
from archsearch.config.named_settings import forms_of, inner_settings
from archsearch.config.option_space import train_space_problems
from archsearch.config.settings import TrainSettings
from archsearch.config.space_problem import SpaceProblem
from archsearch.config.study import ChoiceDomain, Domain, FloatDomain, IntDomain, extremes
from archsearch.config.task_space import task_space_problems
from archsearch.config.tasks.reading import AnyTask
from archsearch.config.validation import Data, strict_data, validated
from archsearch.spec import PathError, Raw, Source, find_target
from archsearch.spec.syntax.parse_values import shown
from archsearch.spec.text.nearest import did_you_mean
from archsearch.spec.text.nodes import Entry, ListNode, MapNode, Node, ScalarNode

__all__ = ["FORMS", "check_settings_space", "read_space"]

FORMS: dict[str, type[IntDomain] | type[FloatDomain] | type[ChoiceDomain]] = {
    "int": IntDomain,
    "float": FloatDomain,
    "choice": ChoiceDomain,
}
NEVER_SEARCHED = ("seed", "metrics", "log")
"""Keys of ``train`` that change no net: seeds are the study's, metrics and trackers only look."""
_BOUNDS = ("low", "high", "choices")
_EXAMPLE = "for example {int: [4, 32], log: true} or {choice: [3, 5]}"


def read_space(source: Source, node: MapNode, model: Model | None) -> dict[str, Domain]:
    """Read all domains; with ``model``, check that each name leads somewhere and fits."""
    found: dict[str, Domain] = {}
    leading: dict[str, Domain] = {}
    for entry in node:
        domain = _read_domain(source, entry)
        leads = model is not None and _leads_somewhere(source, entry, domain, model)
        if domain is None:
            continue
        found[entry.key] = domain
        if leads:
            leading[entry.key] = domain
    if model is not None:
        _note(source, node, value_problems(model, leading))
        check_conditions(source, node, found, model)
    return found


def _read_domain(source: Source, entry: Entry) -> Domain | None:
    value = entry.value
    forms = [e for e in value if e.key in FORMS] if isinstance(value, MapNode) else []
    if len(forms) != 1 or not isinstance(value, MapNode):
        source.problem(
            "bad-domain",
            value.span,
            f"`{entry.key}` needs one of int, float and choice",
            help=_bare(value) or _EXAMPLE,
        )
        return None
    form = forms[0]
    if not _is_well_formed(source, form) or not _check_extras(source, value, form):
        return None
    data: dict[str, Data] = {e.key: strict_data(e.value) for e in value if e is not form}
    bounds = strict_data(form.value)
    if form.key == "choice":
        data["choices"] = bounds
    elif isinstance(bounds, tuple):
        data["low"], data["high"] = bounds
    prefix = f"space.{entry.key}."
    domain: Domain | None = validated(source, FORMS[form.key], data, value, prefix)
    if isinstance(domain, IntDomain):
        _warn_of_step(source, value, domain)
    return domain if domain is not None and _is_sound(source, form, domain) else None


def _bare(value: Node) -> str:
    """What to write for a list or a value that stands without ``choice`` or ``int``."""
    if isinstance(value, ScalarNode):
        return f"write {{choice: [{value.text}]}}, or give the param this value with --set"
    if not isinstance(value, ListNode) or not all(_is_choice(item) for item in value.items):
        return ""
    listed = "[" + ", ".join(shown(cast(Raw, strict_data(item))) for item in value.items) + "]"
    two = len(value.items) == 2
    between = ""
    if two and all(_is_number(item, (int,)) for item in value.items):
        between = f", or {{int: {listed}}} for all whole numbers between"
    elif two and all(_is_number(item, (int, float)) for item in value.items):
        between = f", or {{float: {listed}, log: true}} for all between, on a log scale"
    return f"write {{choice: {listed}}} for these values{between}"


def _is_well_formed(source: Source, form: Entry) -> bool:
    """Whether the bounds or choices are a list of the right things."""
    items = form.value.items if isinstance(form.value, ListNode) else ()
    if form.key == "choice":
        wrong = next((item for item in items if not _is_choice(item)), None)
        complete, takes = bool(items), "takes a list of values"
    else:
        kinds = (int,) if form.key == "int" else (int, float)
        wrong = next((item for item in items if not _is_number(item, kinds)), None)
        whole = "whole numbers " if form.key == "int" else ""
        complete, takes = len(items) == 2, f"takes {whole}[low, high]"
    if complete and wrong is None:
        return True
    place = wrong.span if wrong else form.value.span
    source.problem("bad-domain", place, f"`{form.key}` {takes}", help=_EXAMPLE)
    return False


def _warn_of_step(source: Source, node: MapNode, domain: IntDomain) -> None:
    """Both ends are included, so a step that doesn't reach the upper one is told."""
    over = (domain.high - domain.low) % domain.step
    entry = node.entry("step")
    if not over or entry is None or domain.high < domain.low:
        return
    last = domain.high - over
    source.problem(
        "step-misses-end",
        entry.value.span,
        f"steps of {domain.step} from {domain.low} end at {last}, not at {domain.high}",
        help=f"write [{domain.low}, {last}], or a step that divides {domain.high - domain.low}; if "
        "this is intended, `allow: [step-misses-end]`",
        severity="warning",
    )


def _is_number(node: Node, kinds: tuple[type, ...]) -> bool:
    value = strict_data(node)
    return isinstance(value, kinds) and not isinstance(value, bool)


def _is_choice(node: Node) -> bool:
    if isinstance(node, ListNode):
        return len(node.items) == 2 and all(_is_number(item, (int,)) for item in node.items)
    return isinstance(node, ScalarNode) and node.value is not None


def _check_extras(source: Source, node: MapNode, form: Entry) -> bool:
    known = [name for name in FORMS[form.key].model_fields if name not in _BOUNDS]
    unknown = [e for e in node if e is not form and e.key not in known]
    for entry in unknown:
        source.problem(
            "unknown-key",
            entry.key_node.span,
            f"a domain of `{form.key}` has no key `{entry.key}`",
            help=did_you_mean(entry.key, known)
            if known
            else f"a choice is its list alone: `{{{form.key}: […]}}`",
        )
    return not unknown


def _is_sound(source: Source, form: Entry, domain: Domain) -> bool:
    problem = help = ""
    if isinstance(domain, ChoiceDomain):
        if len(set(map(repr, domain.choices))) < len(domain.choices):
            problem, help = "a choice appears twice", "remove one of the two"
    elif domain.low > domain.high:
        problem = f"low {shown(domain.low)} is above high {shown(domain.high)}"
        help = f"write [{shown(domain.high)}, {shown(domain.low)}]"
    elif domain.log and domain.low <= 0:
        problem = f"a log scale can't begin at {shown(domain.low)}"
        help = "use a low end above 0, or leave out log"
    elif isinstance(domain, IntDomain) and domain.log and domain.step != 1:
        problem, help = "log and step can't be combined", "leave one of them out"
    if problem:
        source.problem("bad-domain", form.value.span, problem, help=help)
    return not problem


def check_settings_space(
    source: Source,
    node: MapNode,
    task: AnyTask,
    train: TrainSettings,
    space: Mapping[str, Domain],
) -> None:
    """Note searched tasks and options that can't be, each at its place in ``space``."""
    _note(source, node, task_space_problems(task, space))
    _note(source, node, train_space_problems(train, space))


def _leads_somewhere(source: Source, entry: Entry, domain: Domain | None, model: Model) -> bool:
    """Whether there is something to search over under that name; if not, that is noted."""
    head, _, rest = entry.key.partition(".")
    message = help = ""
    if head == "train":
        known = list(_recipe_paths())
        key, _, option = rest.partition(".")
        # Which options an optimizer has depends on the study's own.
        if rest not in known and not (option and forms_of(TrainSettings, key)):
            message = f"`train` has no `{rest}` to search over"
            help = did_you_mean(rest, known)
    elif head == "data" or (head == "input" and domain and len(extremes(domain)) > 1):
        message = f"`{entry.key}` can't be searched over"
        help = "all trials use the same pictures, so that their errors can be compared"
    elif head != "task":  # what may be searched of it depends on the study's own task
        try:
            find_target(model.family, entry.key)
        except PathError as error:
            message, help = error.message, error.help
            if entry.key in _recipe_paths():
                help = f"write `train.{entry.key}`, its path"
    if message:
        source.problem("bad-path", entry.key_node.span, message, help=help)
    return not message


def _recipe_paths() -> Iterator[str]:
    """What of any recipe may be searched."""
    for name in TrainSettings.model_fields:
        inner = inner_settings(TrainSettings, name)
        if name in NEVER_SEARCHED:
            continue
        if inner is None or forms_of(TrainSettings, name):
            yield name
        else:
            yield from (f"{name}.{option}" for option in inner.model_fields)


def _note(source: Source, node: MapNode, problems: Iterable[SpaceProblem]) -> None:
    for problem in problems:
        entry = node.entry(problem.name)
        if entry is not None:
            place = entry.key_node if problem.index is None else _value(entry, problem.index)
            source.problem(problem.code, place.span, problem.message, help=problem.help)


def _value(entry: Entry, index: int) -> Node:
    """The value in a domain's list; the whole list for one between its ends."""
    node = entry.value
    forms = [e.value for e in node if e.key in FORMS] if isinstance(node, MapNode) else []
    place = forms[0] if forms else node
    if isinstance(place, ListNode) and index < len(place.items):
        return place.items[index]
    return place
