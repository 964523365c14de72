"""``archsearch init``: a new project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archsearch.cli.completions import templates
from archsearch.cli.output import print_folded, print_json, print_lines
from archsearch.config.gallery import DEFAULT_TEMPLATE
from archsearch.errors import InputError
from archsearch.printable import shell_word

if TYPE_CHECKING:
    from archsearch.config.gallery import Template
    from archsearch.config.project import NewProject

__all__ = ["init"]


def init(
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="Folder of the project; made if missing.")
    ] = None,
    template: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="A study or spec of the gallery to start from.",
            autocompletion=templates,
        ),
    ] = DEFAULT_TEMPLATE,
    list: Annotated[bool, typer.Option("--list", help="List the templates.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Start a project: a commented spec and study, and what goes around them.

    Around them go .gitignore, archsearch.toml (defaults of commands), and
    schemas for editors.

    The files are valid, and the study runs as it is. Nothing is overwritten.
    Called again with another template, it adds that one to the project.

    Example: archsearch init my-nets --template unet
    """
    from archsearch.config.gallery import templates as found
    from archsearch.config.project import create_project

    if list:
        _print_templates(found(), json=json)
        return
    if folder is None:
        raise InputError("DIR is missing", help="name a folder: archsearch init my-nets")
    made = create_project(folder, template)
    if json:
        print_json(_as_json(made))
    else:
        print_lines(_lines(made))


def _print_templates(found: tuple[Template, ...], *, json: bool) -> None:
    if json:
        print_json({"templates": [_template_json(each) for each in found]})
        return
    width = max(len(each.name) for each in found)
    kinds = {True: "study", False: "spec "}
    print_folded(
        f"{each.name:{width}}  {kinds[each.study is not None]}  {each.description}"
        for each in found
    )


def _template_json(template: Template) -> dict[str, object]:
    return {
        "name": template.name,
        "kind": "spec" if template.study is None else "study",
        "description": template.description,
    }


def _lines(made: NewProject) -> list[str]:
    """What was written, and the commands that come next."""
    lines = [f"written  {made.folder / path}" for path in made.written]
    lines += [f"kept     {made.folder / path}, which was there already" for path in made.kept]
    here = made.folder.resolve() == Path.cwd()
    return [
        *lines,
        "",
        "next:",
        *([] if here else [f"  cd {shell_word(str(made.folder))}"]),
        f"  archsearch show {made.spec.as_posix()}",
        f"  archsearch study run {made.study.as_posix()} --workers 2",
        f"  archsearch report {made.study.as_posix()} --open",
    ]


def _as_json(made: NewProject) -> dict[str, object]:
    return {
        "folder": str(made.folder),
        "template": made.template.name,
        "spec": str(made.folder / made.spec),
        "study": str(made.folder / made.study),
        "written": [str(made.folder / path) for path in made.written],
        "kept": [str(made.folder / path) for path in made.kept],
    }
