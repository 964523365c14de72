"""Whether what was made with extensions can be read and gone on with here."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping

from archsearch.errors import ExtensionError
from archsearch.extensions import PASSED, provider_here

__all__ = ["require_extensions"]

_log = logging.getLogger(__name__)


def require_extensions(used: Mapping[str, str], what: str) -> None:
    """Require that the extensions that something was made with are here.

    Another version of the same package is logged, and let through.

    Args:
        used: who declared each, e.g. ``{"sources.moons": "moons 1.0"}``.
        what: what was made with them, for messages, e.g. ``study 'small'``.

    Raises:
        ExtensionError: some of them aren't here.
    """
    here = {name: provider_here(name) for name in used}
    missing = {name: maker for name, maker in used.items() if here[name] is None}
    if missing:
        raise ExtensionError(
            f"{what} was made with extensions that aren't here",
            details=[f"  {name} of {_shown(maker)}" for name, maker in missing.items()],
            help=_help(missing.values()),
        )
    for maker, found in sorted({(used[name], here[name]) for name in used}):
        if maker != found and PASSED not in {maker, found}:
            _log.warning("%s was made with %s; here is %s", what, maker, found)


def _shown(maker: str) -> str:
    return "what was passed from Python" if maker == PASSED else maker


def _help(makers: Collection[str]) -> str:
    packages = sorted(set(makers) - {PASSED})
    steps = [f"install {', '.join(packages)} here"] if packages else []
    if PASSED in makers:
        steps.append("pass the others with archsearch.extended(…), or declare them in a package")
    return "; ".join(steps)
