"""``archsearch doctor``: what this machine has, what is wrong with it, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from archsearch.cli.output import print_json, print_lines

if TYPE_CHECKING:
    from archsearch.cli.machine import Check

__all__ = ["doctor"]


def doctor(
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Check this machine: torch, device, cores, cache, storage, pictures, packages.

    What is wrong is told with how to mend it. The exit code is 1 if something
    is broken that trainings need.

    Example: archsearch doctor
    """
    from archsearch.cli.machine import check_machine

    found = check_machine()
    if json:
        print_json(_as_json(found))
    else:
        print_lines(_lines(found))
    if any(check.state == "broken" for check in found):
        raise typer.Exit(1)


def _lines(found: tuple[Check, ...]) -> Iterator[str]:
    width = max(len(check.name) for check in found)
    for check in found:
        yield f"{check.state:6}  {check.name:{width}}  {check.found}"
        if check.help:
            yield f"{'':6}  {'':{width}}  help: {check.help}"
    broken = [check.name for check in found if check.state == "broken"]
    yield ""
    yield f"broken: {', '.join(broken)}" if broken else "ready to train"


def _as_json(found: tuple[Check, ...]) -> dict[str, object]:
    return {
        "ok": all(check.state != "broken" for check in found),
        "checks": [
            {
                "name": check.name,
                "state": check.state,
                "found": check.found,
                "help": check.help or None,
            }
            for check in found
        ],
    }
