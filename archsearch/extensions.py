"""What people add from outside: layer kinds, tasks, losses, metrics, data sources, search methods.

Each is one descriptor, a record with a name. A package of one's own declares its descriptors
as entry points, one group for each sort (``archsearch.kinds``, ``archsearch.tasks``, …)::

    [project.entry-points."archsearch.kinds"]
    squeeze_excite = "mypackage.squeeze_excite:SQUEEZE_EXCITE"

From Python they can also be passed, for as long as a block lasts::

    with archsearch.extended(SQUEEZE_EXCITE):
        archsearch.load("model.yaml").plan()

What archsearch itself has is declared by the same descriptors. Nothing is registered by an
import: a :class:`Catalogue` reads the installed packages' metadata, and loads what is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar, cast

from archsearch.errors import ExtensionError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = [
    "PASSED",
    "Catalogue",
    "Descriptor",
    "Reference",
    "extended",
    "extensions_used",
    "forget_installed",
    "only_builtin",
    "passed",
    "provider_here",
    "refer",
]


class Descriptor(Protocol):
    """A record that declares one thing; ``group`` says of which sort it is."""

    group: ClassVar[str]

    @property
    def name(self) -> str:
        """The word in files."""


D = TypeVar("D", bound=Descriptor)

Reference = str | Callable[..., Any]
"""Code that is loaded when it is needed, ``"package.module:name"``; or the function itself."""

PASSED = "Python"
"""Who declares what is passed and not installed."""

_PREFIX = "archsearch."
_passed: ContextVar[tuple[Descriptor, ...]] = ContextVar("passed", default=())
_only_builtin: ContextVar[bool] = ContextVar("only_builtin", default=False)


class Catalogue(Mapping[str, D]):
    """All descriptors of one sort by name: built in, passed by Python, and of installed packages.

    Iterating gives names only, so that no package is loaded that isn't asked for.

    Args:
        form: the descriptors' class.
        what: what one is called in messages, e.g. ``layer kind``.
        builtin: archsearch's own, in the order of their listing.
    """

    def __init__(self, form: type[D], what: str, builtin: Iterable[D]) -> None:
        self.form = form
        self.what = what
        self.builtin: Mapping[str, D] = {one.name: one for one in builtin}

    def __getitem__(self, name: str) -> D:
        """The descriptor called ``name``.

        Raises:
            KeyError: there is none.
            ExtensionError: the package that declares it can't be loaded.
        """
        others = self._passed_and_installed()
        if name in self.builtin:
            return self.builtin[name]
        found = others[name]
        if isinstance(found, self.form):
            return found
        return cast("D", _loaded(cast("EntryPoint", found), self.form, self.what))

    def __iter__(self) -> Iterator[str]:
        """Names: the built-in ones first, then those passed, then those installed."""
        return iter((*self.builtin, *self._passed_and_installed()))

    def __len__(self) -> int:
        """How many names there are."""
        return len(self.builtin) + len(self._passed_and_installed())

    def __contains__(self, name: object) -> bool:
        """Whether there is such a name; loads nothing."""
        if not isinstance(name, str):
            return False
        return name in self.builtin or name in self._passed_and_installed()

    @property
    def group(self) -> str:
        """Of the descriptors, e.g. ``kinds``: packages declare them under ``archsearch.kinds``."""
        return self.form.group

    def _passed_and_installed(self) -> Mapping[str, D | EntryPoint]:
        if _only_builtin.get():
            return {}
        installed, given = _entry_points(self.group), _passed.get()
        if not (installed or given):
            return {}
        found: dict[str, D | EntryPoint] = {
            one.name: one for one in given if isinstance(one, self.form)
        }
        for name, point in installed.items():
            found.setdefault(name, point)
        for name in found.keys() & self.builtin.keys():
            raise self.name_taken(name, "which is archsearch's own")
        return found

    def name_taken(self, name: str, why: str) -> ExtensionError:
        """The error that what is passed or installed declares ``name``, which it must not."""
        maker = provider_here(f"{self.group}.{name}")
        return ExtensionError(
            f"{'what is passed' if maker == PASSED else maker} declares "
            f"the {self.what} `{name}`, {why}",
            help="give it a name of its own",
        )


@contextmanager
def extended(*descriptors: Descriptor) -> Iterator[None]:
    """Let the descriptors' names stand for them while the block lasts, in this thread.

    Raises:
        ExtensionError: one is no descriptor, or two have the same name.
    """
    taken = {(one.group, one.name): one for one in _passed.get()}
    for one in descriptors:
        if not (hasattr(one, "group") and hasattr(one, "name")):
            raise ExtensionError(
                f"{one!r} is no descriptor",
                help="pass records such as Kind(…), TaskKind(…) or MetricKind(…)",
            )
        if taken.setdefault((one.group, one.name), one) != one:
            raise ExtensionError(
                f"two of the {one.group} passed are called `{one.name}`",
                help="give each a name of its own",
            )
    token = _passed.set(tuple(taken.values()))
    try:
        yield
    finally:
        _passed.reset(token)


@contextmanager
def only_builtin() -> Iterator[None]:
    """Leave out what is passed and installed while the block lasts, in this thread."""
    token = _only_builtin.set(True)
    try:
        yield
    finally:
        _only_builtin.reset(token)


def passed() -> tuple[Descriptor, ...]:
    """What is passed here, to be handed on to other processes."""
    return _passed.get()


def extensions_used(*names: tuple[Catalogue[Any], str]) -> dict[str, str]:
    """Who declares those of ``names`` that archsearch doesn't: ``kinds.name`` → provider.

    The provider is a package and its version, or ``PASSED``. Names that nobody declares are
    left out.
    """
    others = sorted(f"{of.group}.{name}" for of, name in names if name not in of.builtin)
    return {name: maker for name in others if (maker := provider_here(name)) is not None}


def forget_installed() -> None:
    """Look anew, when it is next asked, at what is installed: packages came or went."""
    _all_entry_points.cache_clear()
    _entry_points.cache_clear()
    _loaded.cache_clear()


def provider_here(name: str) -> str | None:
    """Who declares ``kinds.name`` here, as :func:`extensions_used` says; None: nobody."""
    group, _, word = name.partition(".")
    if any((one.group, one.name) == (group, word) for one in _passed.get()):
        return PASSED
    point = _entry_points(group).get(word)
    return None if point is None else _package(point)


def refer(reference: Reference) -> Callable[..., Any]:
    """Load what a reference names.

    Raises:
        ExtensionError: there is no such module or name, or the module fails.

    Example:
        >>> refer("math:hypot")(3, 4)
        5.0
    """
    if not isinstance(reference, str):
        return reference
    return _imported(reference)


@cache
def _imported(reference: str) -> Callable[..., Any]:
    from importlib import import_module

    module, _, name = reference.partition(":")
    try:
        found: Callable[..., Any] = getattr(import_module(module), name)
    except Exception as error:  # whatever a module of someone else does when it is imported
        raise ExtensionError(
            f"`{reference}` can't be loaded: {type(error).__name__}: {error}",
            help=f"see that `python -c 'import {module}'` works here",
        ) from error
    return found


@cache
def _entry_points(group: str) -> Mapping[str, EntryPoint]:
    """Those of installed packages, by name.

    Raises:
        ExtensionError: two packages declare the same name.
    """
    found: dict[str, EntryPoint] = {}
    for point in _all_entry_points().select(group=_PREFIX + group):
        before = found.setdefault(point.name, point)
        if before.value != point.value:
            raise ExtensionError(
                f"{_package(before)} and {_package(point)} both declare `{point.name}` "
                f"among archsearch's {group}",
                help="uninstall one of the two",
            )
    return found


@cache
def _all_entry_points() -> Any:  # of a type that differs between versions of Python
    """Of every group at once: each look takes as long as there are packages."""
    from importlib.metadata import entry_points

    return entry_points()


@cache
def _loaded(point: EntryPoint, form: type[Descriptor], what: str) -> Descriptor:
    try:
        found = point.load()
    except Exception as error:
        raise ExtensionError(
            f"the {what} `{point.name}` of {_package(point)} can't be loaded: "
            f"{type(error).__name__}: {error}",
            help=f"fix the package, or uninstall it; it is declared as {point.value}",
        ) from error
    if not isinstance(found, form) or found.name != point.name:
        given = f"called `{found.name}`" if isinstance(found, form) else f"of {type(found)}"
        raise ExtensionError(
            f"{_package(point)} declares the {what} `{point.name}`, but {point.value} is {given}",
            help=f"let {point.value} be a {form.__name__} with this name",
        )
    return found


def _package(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist else "a package"
