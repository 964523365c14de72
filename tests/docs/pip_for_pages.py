"""pip as the pages' commands find it: installs nothing, and fails for what the tests don't have."""

from __future__ import annotations

import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement


def refuse_missing(word: str, extras: set[str]) -> None:
    """Raise unless ``word`` is archsearch with extras that it has, an installed one, or a path."""
    if Path(word).exists():
        return
    wanted = Requirement(word)
    if wanted.name != "archsearch":
        distribution(wanted.name)
    elif not wanted.extras <= extras:
        raise SystemExit(f"{word}: archsearch has no such extra")


if __name__ == "__main__":
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    for word in sys.argv[2:]:
        refuse_missing(word, set(project["optional-dependencies"]))
