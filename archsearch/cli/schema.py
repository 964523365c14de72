"""``archsearch schema``: JSON Schema for editors."""

from __future__ import annotations

import json
from contextlib import nullcontext
from typing import Annotated, Literal

import typer

from archsearch.cli.output import print_lines
from archsearch.extensions import only_builtin

__all__ = ["schema", "schema_text"]

What = Literal["model", "study"]


def schema(
    what: Annotated[What, typer.Argument(metavar="model|study", help="The kind of file.")],
) -> None:
    """Print the JSON Schema of specs or studies, for checks and completion in editors.

    VS Code's YAML extension uses the schema if the first line of a file is
    `# yaml-language-server: $schema=PATH`.

    Example: archsearch schema model > model.json
    """
    print_lines(schema_text(what).splitlines())


def schema_text(what: What, *, builtin: bool = False) -> str:
    """The schema as text; ``builtin``: without extensions, as the file in schemas/ has it."""
    from archsearch.config.schema import study_schema
    from archsearch.spec.schema import model_schema

    with only_builtin() if builtin else nullcontext():
        whole = model_schema() if what == "model" else study_schema()
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
