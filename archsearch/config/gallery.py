"""The specs, studies and schemas that come with archsearch, as templates of new projects.

They stand once, in the repository's ``specs/``, ``studies/`` and ``schemas/``. The wheel has
these folders below ``archsearch/gallery/`` (see ``setup.py``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from archsearch.config.model import Model, load
from archsearch.config.study_file import load_study
from archsearch.errors import InputError
from archsearch.spec.text.nearest import did_you_mean

__all__ = ["DEFAULT_TEMPLATE", "Template", "find_template", "gallery_folder", "templates"]

DEFAULT_TEMPLATE = "quickstart"
"""A study that needs no download and a few minutes."""


@dataclass(frozen=True)
class Template:
    """What a new project starts from.

    Attributes:
        name: of its study or spec, without the ending.
        file: the study's, or the spec's.
        is_study: whether it is a study's; otherwise one is written around the spec.
    """

    name: str
    file: Path
    is_study: bool

    @property
    def study(self) -> Path | None:
        """The study's file, if there is one."""
        return self.file if self.is_study else None

    @cached_property
    def spec(self) -> Path:
        """The spec's file; a study is read for it."""
        return Path(load_study(self.file).settings.model) if self.is_study else self.file

    @property
    def model(self) -> Model:
        """The spec, read."""
        return load(self.spec)

    @property
    def description(self) -> str:
        """What the file says of itself."""
        if self.study is None:
            return self.model.family.description
        return load_study(self.study).settings.description


def gallery_folder() -> Path:
    """The folder of ``specs/``, ``studies/`` and ``schemas/``: in the package, or the repository.

    Example:
        >>> (gallery_folder() / "studies" / "quickstart.yaml").is_file()
        True
    """
    package = Path(__file__).parents[1]
    installed = package / "gallery"
    return installed if installed.is_dir() else package.parent


def templates() -> tuple[Template, ...]:
    """All templates: the studies, then the specs, those of publications last."""
    return (*_of_studies(), *_of_specs())


def find_template(name: str) -> Template:
    """The template called ``name``.

    Raises:
        InputError: there is none.

    Example:
        >>> find_template("quickstart").spec.name
        'dense-code.yaml'
    """
    named = {template.name: template for template in templates()}
    if name not in named:
        raise InputError(
            f"there is no template {name!r}",
            help=f"{did_you_mean(name, named)} `archsearch init --list` lists them",
        )
    return named[name]


def _of_studies() -> Iterator[Template]:
    for path in sorted((gallery_folder() / "studies").glob("*.yaml")):
        yield Template(path.stem, path, is_study=True)


def _of_specs() -> Iterator[Template]:
    folder = gallery_folder() / "specs"
    for path in (*sorted(folder.glob("*.yaml")), *sorted(folder.glob("public/*.yaml"))):
        yield Template(path.stem, path, is_study=False)
