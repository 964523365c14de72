"""A new project: a commented spec and study from a template, and what goes around them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from archsearch.config.checking import check_files
from archsearch.config.gallery import DEFAULT_TEMPLATE, Template, find_template
from archsearch.config.schema import schema_text
from archsearch.errors import InputError
from archsearch.files import write_text
from archsearch.spec import DiagnosticsError, Kind

__all__ = ["NewProject", "create_project"]

_GITIGNORE = """\
# What archsearch makes again: runs, the database of studies, reports.
/runs/
/reports/
"""

_DEFAULTS = """\
# Defaults of commands in this folder and below; `archsearch config` shows which hold.
# data = "folder:pictures"                  # of trainings and studies that name no pictures
# storage = "sqlite:///runs/studies.db"     # database of the studies
# device = "cuda"
# epochs = 20
"""

_STUDY = """\
# yaml-language-server: $schema=../schemas/study.json
# A study of specs/{name}.yaml on built-in photographs. Next:
#   archsearch space studies/{name}.yaml --calibrate        what there is to search, in how long
#   archsearch study run studies/{name}.yaml --workers 2    trains; the same command resumes
#   archsearch report studies/{name}.yaml                   writes the report
name: {name}
model: ../specs/{name}.yaml
data: {{source: photos, limit: 3000}}     # other pictures: archsearch data list
train: {{epochs: 8, batch_size: 32}}
space:                                  # a param by its name, anything else by its path
{space}
search: {{method: random, trials: 12, seeds: 2}}   # each net is trained twice, to see the noise
"""


@dataclass(frozen=True)
class NewProject:
    """What ``create_project`` left.

    Attributes:
        folder: the project's.
        template: that it was made from.
        spec: the spec's path below the folder.
        study: the study's.
        written: new files, below the folder.
        kept: files that were there already and are as they were.
    """

    folder: Path
    template: Template
    spec: Path
    study: Path
    written: tuple[Path, ...]
    kept: tuple[Path, ...]


def create_project(folder: Path, template: str = DEFAULT_TEMPLATE) -> NewProject:
    """Write a project's files into ``folder``, and check them; no file is ever overwritten.

    Args:
        folder: it may hold other files, or another template's.
        template: a name of ``templates()``.

    Raises:
        InputError: there is no such template, or a spec or study of this name with another content.
    """
    chosen = find_template(template)
    spec = Path("specs") / chosen.spec.name
    study = Path("studies") / f"{chosen.name}.yaml"
    texts = {
        spec: _spec_text(chosen),
        study: _study_text(chosen),
        Path("schemas/model.json"): schema_text("model"),
        Path("schemas/study.json"): schema_text("study"),
        Path(".gitignore"): _GITIGNORE,
        Path("archsearch.toml"): _DEFAULTS,
    }
    kept = _already_there(folder, texts, needed=(spec, study))
    for path, text in texts.items():
        if path not in kept:
            write_text(folder / path, text)
    _check(folder / spec, folder / study)
    written = tuple(path for path in texts if path not in kept)
    return NewProject(folder, chosen, spec, study, written, kept)


def _already_there(
    folder: Path, texts: Mapping[Path, str], needed: tuple[Path, ...]
) -> tuple[Path, ...]:
    """Files that exist; those that the project needs must be what would be written."""
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file, not a folder", help="name a new folder")
    there = [path for path in texts if (folder / path).exists()]
    others = [path for path in needed if path in there and _differs(folder / path, texts[path])]
    if others:
        exist = "exists" if len(others) == 1 else "exist"
        raise InputError(
            f"{' and '.join(str(folder / path) for path in others)} {exist} already, "
            "with another content; nothing was written",
            help="name a new folder, or take another --template",
        )
    return tuple(there)


def _differs(path: Path, text: str) -> bool:
    return not path.is_file() or path.read_bytes() != text.encode()


def _check(*files: Path) -> None:
    """A template is checked here too: an extension that is installed may change what is valid."""
    errors = [item for item in check_files(files).diagnostics if item.severity == "error"]
    if errors:
        raise DiagnosticsError(errors)


def _spec_text(template: Template) -> str:
    """The spec; those in folders of ``specs/`` are one step further from the schemas."""
    text = template.spec.read_text(encoding="utf-8")
    return text.replace("$schema=../../schemas", "$schema=../schemas", 1)


def _study_text(template: Template) -> str:
    if template.study is not None:
        return template.study.read_text(encoding="utf-8")
    return _STUDY.format(name=template.name, space="\n".join(_space(template)))


def _space(template: Template) -> Iterator[str]:
    """A domain around each number of ``_varied``, the spec's own number beside it."""
    values = _varied(template)
    domains = [f"  {name}: {_around(value)}" for name, value in values.items()]
    width = max(map(len, domains)) + 4
    for domain, value in zip(domains, values.values(), strict=True):
        yield f"{domain:{width}}# the spec has {str(value).lower()}"


def _around(value: int) -> str:
    """From half to twice a number; both of a flag."""
    if isinstance(value, bool):
        return "{choice: [true, false]}"
    return f"{{int: [{max(1, value // 2)}, {2 * value}], log: true}}"


def _varied(template: Template) -> dict[str, int]:
    """Params that are whole numbers or flags; without any, channels of two encoder layers."""
    params = template.model.param_defaults
    numbers = {name: value for name, value in params.items() if isinstance(value, int)}
    return numbers or dict(_channels(template))


def _channels(template: Template) -> Iterator[tuple[str, int]]:
    """Of the first and the last encoder layer with channels of its own, by path."""
    found = []
    for layer in template.model.plan().encoder:
        field = layer.type.channels_field if isinstance(layer.type, Kind) else None
        if field and layer.path.startswith("encoder"):
            found.append((f"{layer.path}.{field}", layer.output.channels))
    yield from (found[0], found[-1])
