"""``archsearch config``: defaults, and where each comes from."""

from __future__ import annotations

from typing import Annotated

import typer

from archsearch.cli.defaults import FILE_NAME, Default, defaults, project_file, user_file
from archsearch.cli.output import print_json, print_lines

__all__ = ["config"]


def config(
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Print the defaults of data, storage, device and epochs, and where each comes from.

    A file archsearch.toml sets them: in the project (this folder or one above
    it), or in your own config folder, for example:

    data = "photos"

    epochs = 20

    An option goes before a study file's own setting, then come the project's
    file, yours, and what is built in.

    Example: archsearch config
    """
    found = defaults()
    if json:
        print_json(_as_json(found))
    else:
        print_lines(_lines(found))


def _shown(default: Default) -> str | int:
    """The value; a storage without its password."""
    from archsearch.records.storage_secrets import masked

    return masked(str(default.value)) if default.name == "storage" else default.value


def _lines(found: tuple[Default, ...]) -> list[str]:
    rows = [(each.name, str(_shown(each)), each.source) for each in found]
    name, value = (max(len(row[place]) for row in rows) for place in (0, 1))
    project, user = project_file(), user_file()
    there = "" if user.is_file() else " (not there)"
    return [
        *(f"{row[0]:{name}}  {row[1]:{value}}  {row[2]}" for row in rows),
        "",
        f"project  {project or f'no {FILE_NAME} here or in a folder above'}",
        f"yours    {user}{there}",
    ]


def _as_json(found: tuple[Default, ...]) -> dict[str, object]:
    project, user = project_file(), user_file()
    return {
        "settings": {each.name: {"value": _shown(each), "from": each.source} for each in found},
        "files": {
            "project": None if project is None else str(project),
            "user": str(user) if user.is_file() else None,
        },
    }
