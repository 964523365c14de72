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

__all__ = ["Catalogue", "Descriptor", "Reference", "extended", "extensions_used", "passed", "refer"]


class Descriptor(Protocol):
    """A record that declares one thing; ``group`` says of which sort it is."""

    group: ClassVar[str]

    @property
    def name(self) -> str:
        """The word in files."""


D = TypeVar("D", bound=Descriptor)

Reference = str | Callable[..., Any]
"""Code that is loaded when it is needed, ``"package.module:name"``; or the function itself."""

_PREFIX = "archsearch."
_passed: ContextVar[tuple[Descriptor, ...]] = ContextVar("passed", default=())


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
        if name in self.builtin:
            return self.builtin[name]
        for one in self._passed():
            if one.name == name:
                return one
        found = _loaded(_entry_points(self.group)[name], self.form, self.what)
        return cast("D", found)

    def __iter__(self) -> Iterator[str]:
        """Names: the built-in ones first, then those passed, then those installed."""
        names = (*self.builtin, *(one.name for one in self._passed()), *_entry_points(self.group))
        return iter(dict.fromkeys(names))

    def __len__(self) -> int:
        """How many names there are."""
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        """Whether there is such a name; loads nothing."""
        if not isinstance(name, str):
            return False
        return (
            name in self.builtin
            or any(one.name == name for one in self._passed())
            or name in _entry_points(self.group)
        )

    @property
    def group(self) -> str:
        """Of the descriptors: ``kinds``, ``tasks``, ``losses``, ``metrics``, ``sources``."""
        return self.form.group

    def provider(self, name: str) -> str | None:
        """Who declares ``name``: a package and its version, or ``Python``; None: archsearch.

        Raises:
            KeyError: nobody.
        """
        if name in self.builtin:
            return None
        if any(one.name == name for one in self._passed()):
            return "Python"
        return _package(_entry_points(self.group)[name])

    def _passed(self) -> Iterator[D]:
        return (one for one in _passed.get() if isinstance(one, self.form))


@contextmanager
def extended(*descriptors: Descriptor) -> Iterator[None]:
    """Let the descriptors' names stand for them while the block lasts, in this thread.

    Raises:
        ExtensionError: two of them, or one and a built-in, have the same name.
    """
    taken = {(one.group, one.name): one for one in _passed.get()}
    for one in descriptors:
        if taken.setdefault((one.group, one.name), one) is not one:
            raise ExtensionError(
                f"two of the {one.group} passed are called `{one.name}`",
                help="give each a name of its own",
            )
    token = _passed.set(tuple(taken.values()))
    try:
        yield
    finally:
        _passed.reset(token)


def passed() -> tuple[Descriptor, ...]:
    """What is passed here, to be handed on to other processes."""
    return _passed.get()


def extensions_used(*names: tuple[Catalogue[Any], str]) -> dict[str, str]:
    """Who declares those of ``names`` that archsearch doesn't: ``kinds.name`` → provider."""
    told = ((f"{where.group}.{name}", where.provider(name)) for where, name in names)
    return {name: provider for name, provider in sorted(told) if provider is not None}


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
    from importlib.metadata import entry_points

    found: dict[str, EntryPoint] = {}
    for point in entry_points(group=_PREFIX + group):
        before = found.setdefault(point.name, point)
        if before.value != point.value:
            raise ExtensionError(
                f"{_package(before)} and {_package(point)} both declare `{point.name}` "
                f"among archsearch's {group}",
                help="uninstall one of the two",
            )
    return found


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
        given = f"called `{found.name}`" if isinstance(found, form) else f"a {type(found).__name__}"
        raise ExtensionError(
            f"{_package(point)} declares the {what} `{point.name}`, but {point.value} is {given}",
            help=f"let {point.value} be a {form.__name__} with this name",
        )
    return found


def _package(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist else "a package"
