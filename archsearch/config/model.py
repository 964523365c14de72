"""A spec file as Python sees it: ``load(path).plan(...)``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from archsearch.arguments import as_path
from archsearch.config.file_kind import is_study
from archsearch.config.tasks.catalogue import DEFAULT_TASK
from archsearch.config.tasks.channels import COLOR, needs_rgb, pictures_fed, task_channels
from archsearch.config.tasks.reading import read_task
from archsearch.config.tasks.settings import TaskSettings
from archsearch.errors import InputError
from archsearch.extensions import Descriptor, extended
from archsearch.html_table import html_table
from archsearch.printable import printable
from archsearch.spec import (
    Diagnostic,
    Family,
    ModelPlan,
    PathError,
    Raw,
    Resolution,
    Source,
    TaskChannels,
    find_target,
    parse_nodes,
    read_source,
    resolve,
)
from archsearch.spec.text.reader import read_yaml

__all__ = ["INPUT_CHANNELS", "Model", "load", "open_model"]

INPUT_CHANNELS = "input.channels"
"""The path of what ``auto`` may leave to the pictures."""


class Model:
    """A parsed spec: a family of models, one for each choice of its params.

    Args:
        family: the spec.
        extensions: what it names and archsearch doesn't declare, passed from Python.
    """

    def __init__(self, family: Family, extensions: Iterable[Descriptor] = ()) -> None:
        self.family = family
        self.extensions = tuple(extensions)
        self._keys: dict[str, str] = {}
        self._kept_channels: tuple[TaskSettings, object, TaskChannels] | None = None

    def __repr__(self) -> str:
        params = ", ".join(f"{name}={value!r}" for name, value in self.param_defaults.items())
        return f"Model({self.name!r}{': ' if params else ''}{printable(params)})"

    def _repr_html_(self) -> str:
        """The layer table at the params' defaults, or what is wrong with the spec."""
        found = self.resolve()
        if found.plan is not None:
            return found.plan._repr_html_()
        rows = [(each.line, each.message, each.help) for each in found.diagnostics]
        return html_table(f"{self.name}: can't be built", ("line", "mistake", "help"), rows)

    @property
    def name(self) -> str:
        """The spec's name."""
        return self.family.name

    def follows_pictures(self, task: str | TaskSettings, values: Mapping[str, Raw]) -> bool:
        """Whether ``values`` leave the input's channels to the pictures, gray or color."""
        return not needs_rgb(task) and self._input_channels(self.canonical(values)) == "auto"

    def _input_channels(self, values: Mapping[str, Raw]) -> object:
        written = self.family.input.channels
        return values.get(INPUT_CHANNELS, None if written is None else written.parts[0])

    @property
    def picture_size(self) -> tuple[int | None, int | None]:
        """Height and width of the pictures, where the file has them as numbers."""
        height, width = (
            None if written is None else written.parts[0]
            for written in (self.family.input.height, self.family.input.width)
        )
        return (
            height if isinstance(height, int) else None,
            width if isinstance(width, int) else None,
        )

    @property
    def param_defaults(self) -> dict[str, bool | int | float | str]:
        """The params' own values, of those that can be read."""
        params = self.family.params.items()
        return {name: param.value for name, param in params if param.value is not None}

    def resolve(
        self,
        task: str | TaskSettings = DEFAULT_TASK,
        *,
        picture_channels: int | None = None,
        values: Mapping[str, Raw] | None = None,
    ) -> Resolution:
        """Resolve without raising for what is wrong with the model.

        Args:
            task: the task, which settles ``auto`` channels.
            picture_channels: channels of the pictures; by default the input's
                number, or 3. Of gray ones ``auto`` becomes 1 in the plan, so that its
                YAML tells a net for gray pictures.
            values: params by name and fields by path, in place of the file's.

        Raises:
            InputError: a path that leads nowhere, or no such task.
        """
        if not self.extensions:
            return self._resolved(task, picture_channels, values or {})
        with extended(*self.extensions):
            return self._resolved(task, picture_channels, values or {})

    def _resolved(
        self, task: str | TaskSettings, picture_channels: int | None, values: Mapping[str, Raw]
    ) -> Resolution:
        chosen, wanted = self.canonical(values), read_task(task)
        found = self._input_channels(chosen)
        if picture_channels is None:
            return resolve(self.family, self._channels(wanted, found), chosen)
        channels = task_channels(wanted, picture_channels)
        if picture_channels != COLOR and found == "auto":
            chosen[INPUT_CHANNELS] = channels.feeds
        return resolve(self.family, channels, chosen)

    def _channels(self, task: TaskSettings, found: object) -> TaskChannels:
        """The task's channels on pictures that the input fits; kept for the next candidate."""
        kept = self._kept_channels
        if kept is not None and kept[0] is task and kept[1] == found:
            return kept[2]
        given = pictures_fed(task, found) if isinstance(found, int) else COLOR
        channels = task_channels(task, given)
        self._kept_channels = (task, found, channels)
        return channels

    def plan(
        self,
        task: str | TaskSettings = DEFAULT_TASK,
        *,
        picture_channels: int | None = None,
        values: Mapping[str, Raw] | None = None,
        **params: bool | float | str,
    ) -> ModelPlan:
        """The concrete model for ``task`` with some values chosen.

        Raises:
            DiagnosticsError: the model has errors, e.g. a layer without output.
            InputError: a path that leads nowhere, or no such task.

        Example:
            >>> import archsearch
            >>> archsearch.load("specs/acml-nine-layer.yaml").plan().latent.size
            1024
        """
        chosen = {**(values or {}), **params}
        return self.resolve(task, picture_channels=picture_channels, values=chosen).require()

    def canonical(self, values: Mapping[str, Raw]) -> dict[str, Raw]:
        """``values`` with each path in the form that resolving takes.

        Raises:
            InputError: a path that leads nowhere.
        """
        found: dict[str, Raw] = {}
        for path, value in values.items():
            found[self._keys.get(path) or self._key(path)] = value
        return found

    def _key(self, path: str) -> str:
        """The canonical form of ``path``, found once."""
        try:
            key = self._keys[path] = find_target(self.family, path).key
        except PathError as error:
            raise InputError(error.message, help=error.help) from error
        return key

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """What the parser warned of."""
        return tuple(self.family.source.diagnostics)


def open_model(path: Path, shown: str | None = None) -> tuple[Source, Model | None]:
    """Parse a spec; problems are in the source.

    Raises:
        InputError: the file can't be read, or is a study.
    """
    source = read_source(path, shown)
    root = read_yaml(source)
    if root is not None and is_study(root):
        raise InputError(
            f"{source.file}: is a study, not a spec",
            help="name the spec it searches over (its `model:`), or use `archsearch study run`",
        )
    family = None if root is None else parse_nodes(source, root, path.stem)
    return source, None if family is None else Model(family)


def load(path: str | Path, *, extensions: Iterable[Descriptor] = ()) -> Model:
    """Read a spec file.

    Args:
        path: of the file.
        extensions: layer kinds and tasks of one's own that aren't installed as a package; the
            model remembers them.

    Raises:
        InputError: the file can't be read; an ArgumentTypeError where ``path`` is no path.
        DiagnosticsError: it has errors that don't depend on sizes.

    Example:
        >>> import archsearch
        >>> archsearch.load("specs/acml-nine-layer.yaml").name
        'acml-nine-layer'
    """
    place = as_path(path, "load(path)", help='name a spec file, such as "net.yaml"')
    extensions = tuple(extensions)
    with extended(*extensions):
        source, model = open_model(place)
    source.raise_errors()
    if model is None:
        raise InputError(f"{path}: can't be read as a spec")
    return Model(model.family, extensions)
