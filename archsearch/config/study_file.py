"""Reading a study file: settings checked, model loaded, every name of the space known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from archsearch.arguments import as_path
from archsearch.config.conflict import Conflict
from archsearch.config.constrained import ConstrainedNames, constrained_names
from archsearch.config.domains import check_settings_space, read_space
from archsearch.config.file_kind import is_study
from archsearch.config.model import Model, open_model
from archsearch.config.search_rules import search_conflicts
from archsearch.config.sources import absolute_source
from archsearch.config.study import Domain, StudySettings, told_domain
from archsearch.config.tasks.rules import task_conflicts
from archsearch.config.validation import strict_data, validated, without_nulls
from archsearch.errors import InputError
from archsearch.extensions import Descriptor, extended
from archsearch.html_table import html_table
from archsearch.printable import count, printable
from archsearch.spec import ExpressionError, Source, Span, parse_expression, read_source
from archsearch.spec.codes import STUDY_WARNINGS
from archsearch.spec.syntax.allowed import read_allowed
from archsearch.spec.text.nearest import did_you_mean
from archsearch.spec.text.nodes import ListNode, MapNode, Node, ScalarNode
from archsearch.spec.text.reader import read_yaml

__all__ = ["StudyFile", "load_study", "open_study"]


@dataclass(frozen=True, repr=False)
class StudyFile:
    """A study with the family it searches over.

    ``settings.model`` and a ``folder:`` source are absolute paths.
    """

    path: Path
    settings: StudySettings
    model: Model

    def __repr__(self) -> str:
        searched = printable(", ".join(self.settings.space))
        return f"StudyFile({self.settings.name!r}: {self._plan()} over {searched})"

    def _repr_html_(self) -> str:
        """What is searched, for notebooks."""
        rows = [(name, told_domain(domain)) for name, domain in self.settings.space.items()]
        constraints = ", ".join(self.settings.constraints) or "none"
        below = [f"model {self.model.name}; constraints: {constraints}"]
        return html_table(
            f"{self.settings.name}: {self._plan()}", ("searched", "values"), rows, below=below
        )

    def _plan(self) -> str:
        search = self.settings.search
        return f"{search.method}, {count(search.trials, 'trial')} × {count(search.seeds, 'seed')}"


def load_study(path: str | Path, *, extensions: Iterable[Descriptor] = ()) -> StudyFile:
    """Read a study file and the spec that it names.

    Args:
        path: of the file.
        extensions: what the two name and archsearch doesn't declare, where it isn't installed
            as a package; ``run_study`` hands it on to the workers.

    Raises:
        InputError: a file can't be read; an ArgumentTypeError where ``path`` is no path.
        DiagnosticsError: the study or its spec has errors.
    """
    place = as_path(path, "load_study(path)", help='name a study file, such as "study.yaml"')
    extensions = tuple(extensions)
    with extended(*extensions):
        study = _load(place)
    return replace(study, model=Model(study.model.family, extensions))


def _load(path: Path) -> StudyFile:
    source = read_source(path)
    root = read_yaml(source)
    if root is not None and not is_study(root) and root.entry("encoder"):
        raise InputError(
            f"{path}: is a spec, not a study",
            help=f"to train it: archsearch train {path}; a study names a spec under `model:`",
        )
    study = None if root is None else open_study(source, root, path)
    source.raise_errors()
    if study is None:
        raise InputError(f"{path}: can't be read as a study")
    return study


def open_study(source: Source, root: MapNode, path: Path) -> StudyFile | None:
    """Read a study from its nodes; problems are in ``source``."""
    root = without_nulls(source, root)
    data: dict[str, object] = {entry.key: strict_data(entry.value) for entry in root}
    model = _model(source, root, path)
    space = _space(source, root, model)
    data["space"] = space
    data.setdefault("name", path.stem)
    data.setdefault("model", "")
    data |= _allowed(source, root)
    _absolute_source(path, data)
    _refuse_seed(source, root, data)
    _refuse_test(source, root, data)
    settings = validated(source, StudySettings, data, root)
    _check_constraints(source, root, constrained_names(space, model))
    if settings is not None:
        _check_search(source, root, settings)
        _check_task(source, root, settings, model)
    if settings is None or model is None:
        return None
    located = settings.model_copy(update={"model": str((path.parent / settings.model).resolve())})
    return StudyFile(path, located, model)


def _model(source: Source, root: MapNode, path: Path) -> Model | None:
    entry = root.entry("model")
    if entry is None and not root.damaged:
        source.problem(
            "missing-key",
            None,
            "the key `model` is missing",
            help="name the spec to search around, for example `model: ../specs/family.yaml`",
        )
    if entry is None or not isinstance(entry.value, ScalarNode):
        return None
    try:
        spec, model = open_model(path.parent / entry.value.text, entry.value.text)
    except InputError as error:
        source.problem(
            "missing-model",
            entry.value.span,
            error.what,
            help=f"{error.help} (paths are relative to the study file)",
        )
        return None
    if spec.has_errors:
        first = next(item for item in spec.diagnostics if item.severity == "error")
        source.problem(
            "broken-model",
            entry.value.span,
            f"`{entry.value.text}` has errors",
            label=f"first: line {first.line}: {first.message}",
            help=f"run `archsearch check {path.parent / entry.value.text}`",
        )
        return None
    return model


def _space(source: Source, root: MapNode, model: Model | None) -> dict[str, Domain]:
    entry = root.entry("space")
    if entry is None:
        source.problem(
            "missing-key",
            None,
            "the key `space` is missing",
            help="name what to search over, for example `space: {width: {int: [4, 32]}}`",
        )
        return {}
    if not isinstance(entry.value, MapNode):
        source.problem(
            "wrong-type",
            entry.value.span,
            "`space` must be a mapping of domains",
            help="for example `space: {width: {int: [4, 32]}}`",
        )
        return {}
    if not entry.value.entries:
        source.problem(
            "empty-section",
            entry.value.span,
            "`space` is empty",
            help="name what to search over, for example `space: {width: {int: [4, 32]}}`",
        )
    return read_space(source, entry.value, model)


def _allowed(source: Source, root: MapNode) -> dict[str, object]:
    """The codes under ``allow``, where it is there."""
    entry = root.entry("allow")
    if entry is None:
        return {}
    return {"allow": tuple(sorted(read_allowed(source, entry.value, STUDY_WARNINGS)))}


def _absolute_source(path: Path, data: dict[str, object]) -> None:
    pictures = data.get("data")
    if not isinstance(pictures, dict):
        return
    origin = pictures.get("source")
    if isinstance(origin, str):
        data["data"] = {**pictures, "source": absolute_source(origin, path.parent)}


def _refuse_seed(source: Source, root: MapNode, data: dict[str, object]) -> None:
    entry, train = root.entry("train"), data.get("train")
    seed = entry.value.entry("seed") if entry and isinstance(entry.value, MapNode) else None
    if seed is None or not isinstance(train, dict):
        return
    source.problem(
        "value-not-allowed",
        seed.key_node.span,
        "`train.seed` has no meaning in a study",
        help="trainings have seeds 0 … search.seeds−1; the design's seed is search.seed",
    )
    data["train"] = {key: value for key, value in train.items() if key != "seed"}


def _refuse_test(source: Source, root: MapNode, data: dict[str, object]) -> None:
    """The test split chooses nothing: an objective on it would be read once a trial."""
    entry = root.entry("objectives")
    if entry is None or not isinstance(entry.value, ListNode):
        return
    named = [item for item in entry.value.items if isinstance(item, ScalarNode)]
    on_test = [item for item in named if item.text.startswith("test.")]
    for item in on_test:
        source.problem(
            "value-not-allowed",
            item.span,
            f"`{item.text}` can't be an objective: a test split that guides a search isn't a test",
            help=f"search by `val.{item.text.removeprefix('test.')}`; "
            "the report gives the test error of every trial",
        )
    if on_test:
        del data["objectives"]


def _check_search(source: Source, root: MapNode, settings: StudySettings) -> None:
    conflicts = search_conflicts(settings.search, settings.objectives, settings.prune)
    _note_conflicts(source, root, conflicts)


def _check_task(
    source: Source, root: MapNode, settings: StudySettings, model: Model | None
) -> None:
    size = (None, None) if model is None else model.picture_size
    _note_conflicts(source, root, task_conflicts(settings.task, settings.train, *size))
    space = root.entry("space")
    if space is not None and isinstance(space.value, MapNode):
        check_settings_space(source, space.value, settings.task, settings.train, settings.space)


def _note_conflicts(source: Source, root: MapNode, conflicts: Iterable[Conflict]) -> None:
    for conflict in conflicts:
        node: Node = root
        for key in conflict.path:
            entry = node.entry(key) if isinstance(node, MapNode) else None
            node = node if entry is None else entry.value
        span = None if node is root else node.span
        source.problem("value-not-allowed", span, conflict.message, help=conflict.help)


def _check_constraints(source: Source, root: MapNode, names: ConstrainedNames) -> None:
    entry = root.entry("constraints")
    if entry is None or not isinstance(entry.value, ListNode):
        return
    for item in entry.value.items:
        if isinstance(item, ScalarNode):
            _check_constraint(source, item, names)


def _check_constraint(source: Source, item: ScalarNode, names: ConstrainedNames) -> None:
    try:
        expression = parse_expression(item.text)
    except ExpressionError as error:
        start = item.span.column + error.offset
        span = Span(item.span.line, start, start + error.length)
        help = error.help or "see `archsearch explain bad-expression`"
        source.problem(error.code, span, error.message, help=help)
        return
    for name, offset in expression.names:
        if name not in names:
            start = item.span.column + offset
            source.problem(
                "unknown-name",
                Span(item.span.line, start, start + len(name)),
                f"nothing is named `{name}` in a constraint",
                help=did_you_mean(name, names.examples),
            )
