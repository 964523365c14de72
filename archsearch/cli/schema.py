"""``archsearch schema``: JSON Schema for editors."""

from __future__ import annotations

from typing import Annotated

import typer

from archsearch.cli.output import print_lines
from archsearch.config.schema import SchemaOf

__all__ = ["schema"]


def schema(
    what: Annotated[SchemaOf, typer.Argument(metavar="model|study", help="The kind of file.")],
) -> None:
    """Print the JSON Schema of specs or studies, for checks and completion in editors.

    VS Code's YAML extension uses the schema if the first line of a file is
    `# yaml-language-server: $schema=PATH`.

    Example: archsearch schema model > model.json
    """
    from archsearch.config.schema import schema_text

    print_lines(schema_text(what).splitlines())
