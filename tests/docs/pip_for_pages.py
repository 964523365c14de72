"""pip as the pages' commands find it: without a network, into a folder of the test.

A folder is installed by pip itself. Of a name it is only asked whether it is there.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement

ALONE = ["--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--target", "installed"]


def install(folder: str) -> None:
    """Install a package's folder into ``installed``."""
    subprocess.run([sys.executable, "-m", "pip", "install", *ALONE, folder], check=True)


def refuse_missing(word: str, extras: set[str]) -> None:
    """Raise unless ``word`` is archsearch with extras that it has, or an installed package."""
    wanted = Requirement(word)
    if wanted.name != "archsearch":
        distribution(wanted.name)
    elif not wanted.extras <= extras:
        raise SystemExit(f"{word}: archsearch has no such extra")


if __name__ == "__main__":
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    for word in sys.argv[2:]:
        if Path(word).is_dir():
            install(word)
        else:
            refuse_missing(word, set(project["optional-dependencies"]))
