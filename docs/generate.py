"""Write the parts of the documentation that the code knows; ``--check`` only compares.

``docs/cli.md`` and ``schemas/`` are written whole, ``docs/glossary.md`` row by row where a
report has the term, too; other pages between markers
``<!-- NAME:begin -->`` and ``<!-- NAME:end -->``; a page without them stays as it is.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from typer.main import get_command
from typer.testing import CliRunner

from archsearch.cli.app import app
from archsearch.config.base import Settings
from archsearch.config.early_stopping import EarlyStopping
from archsearch.config.optimizers import LEFT_OUT, OPTIMIZERS
from archsearch.config.schedules import SCHEDULES
from archsearch.config.schema import schema_text
from archsearch.config.settings import DataSettings, TrainSettings
from archsearch.files import write_text
from archsearch.report.sections.glossary import TERMS
from archsearch.spec.kinds import JOINS, KINDS, Join, Kind
from archsearch.spec.kinds.fields import ABSENT, REQUIRED, Field, SameAs
from archsearch.spec.syntax.containers import CONTAINERS, JOIN_WORDS
from archsearch.spec.syntax.parse_containers import Container, Key

ROOT = Path(__file__).resolve().parents[1]


def pages(root: Path = ROOT) -> Iterator[tuple[Path, str]]:
    """Each file with the text it should have."""
    marked = {
        root / "docs/language.md": {"kinds": kinds_part(), "containers": containers_part()},
        root / "README.md": {"help": fenced(help_of([]))},
        root / "docs/statistics.md": {"coverage": coverage_part(), "power": power_part()},
        root / "docs/extending.md": dict(example_parts()),
        root / "docs/training.md": dict(training_parts()),
        root / "docs/data.md": {"data-settings": settings_table("data", DataSettings)},
    }
    for path, parts in marked.items():
        if path.exists():
            text = path.read_text(encoding="utf-8")
            for name, part in parts.items():
                text = between_markers(text, name, part)
            yield path, text
    glossary = root / "docs/glossary.md"
    if glossary.exists():
        yield glossary, glossary_page(glossary.read_text(encoding="utf-8"))
    yield root / "docs/cli.md", cli_page()
    yield root / "schemas/model.json", schema_text("model", builtin=True)
    yield root / "schemas/study.json", schema_text("study", builtin=True)


def between_markers(text: str, name: str, part: str) -> str:
    """``text`` with ``part`` between the markers of ``name``; as it was without them."""
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    return f"{before}{begin}\n{part}\n{end}{after}" if found and closed else text


# --- the glossary --------------------------------------------------------------


def glossary_page(text: str) -> str:
    """The page's table with a report's terms in a report's words, in alphabetical order."""
    head, rows = text.splitlines()[:4], text.splitlines()[4:]
    meanings = {row.split(" | ")[0].removeprefix("| "): row for row in rows}
    meanings |= {term.name: f"| {term.name} | {term.text} |" for term in TERMS}
    return "\n".join([*head, *(meanings[name] for name in sorted(meanings, key=str.lower)), ""])


# --- the language --------------------------------------------------------------


def kinds_part() -> str:
    """The section of every simple kind."""
    return "\n\n".join(kind_section(kind) for kind in KINDS.builtin.values())


def kind_section(kind: Kind) -> str:
    """One kind: what it does, its fields, its shape, an example."""
    if kind.scalar:
        field = kind.fields[0]
        table = f"One value: {expects(field)}."
    else:
        rows = [f"| `{f.name}` | {expects(f)} | {default_of(f)} | {f.doc} |" for f in kind.fields]
        table = "\n".join(["| field | takes | default | what |", "|---|---|---|---|", *rows])
    return section(kind.name, kind.doc, table, kind.shape, kind.example)


def expects(field: Field) -> str:
    """What a field takes; words as code."""
    text = field.type.expects
    for word in field.type.words:
        text = re.sub(rf"\b{word}\b", f"`{word}`", text)
    return text


def default_of(field: Field) -> str:
    """A field's default as the file would have it."""
    default = field.default
    if isinstance(default, SameAs):
        return f"`{default.field}`'s"
    if default is REQUIRED:
        return "must be given"
    if default is ABSENT:
        return "—"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def containers_part() -> str:
    """The section of every join and container."""
    alone = [word for word in JOIN_WORDS if word not in CONTAINERS]
    joins = [construct_section(JOINS[word], ()) for word in alone]
    containers = [construct_section(one, one.keys) for one in CONTAINERS.values()]
    return "\n\n".join([*containers, *joins])


def takes(key: Key) -> str:
    """The sentence on what a key takes, where it is a field."""
    if key.field is None:
        return ""
    return f" Takes {expects(key.field)}; default {default_of(key.field)}."


def construct_section(construct: Join | Container, keys: Sequence[Key]) -> str:
    """One join or container: what it does, its keys, an example."""
    rows = [f"- `{k.name}`{'' if k.required else ' (optional)'}: {k.doc}{takes(k)}" for k in keys]
    if isinstance(construct, Container) and construct.names_layer:
        rows = ["One word, the layer's name; or:", "", *rows]
    table = "\n".join(rows) or "One word: the layer's name."
    return section(construct.name, construct.doc, table, construct.shape, construct.example)


def section(name: str, doc: str, table: str, shape: str, example: str) -> str:
    """A heading with its parts below it."""
    return f"### `{name}`\n\n{doc}\n\n{table}\n\nOutput: {shape}.\n\n```yaml\n- {example}\n```"


# --- the example of an extension -----------------------------------------------


def example_parts() -> Iterator[tuple[str, str]]:
    """Each file of the package that the page builds."""
    package = ROOT / "tests/extension"
    for path in (
        package / "pyproject.toml",
        *sorted((package / "archsearch_example").glob("*.py")),
    ):
        text = path.read_text(encoding="utf-8").rstrip("\n")
        language = {".py": "python", ".toml": "toml"}[path.suffix]
        yield path.name, f"```{language}\n{text}\n```"


# --- the recipe ----------------------------------------------------------------


def training_parts() -> Iterator[tuple[str, str]]:
    """The options of optimizers, schedules and early stopping, and what isn't there."""
    yield "train-settings", settings_table("train", TrainSettings)
    yield "optimizers", options_table("optimizer", OPTIMIZERS)
    reasons = dict.fromkeys(reason.replace(": ", "; ") for reason in LEFT_OUT.values())
    yield "left-out", f"Not here: {'. '.join(reasons)}."
    yield "schedules", options_table("schedule", SCHEDULES)
    yield "early-stopping", options_table("", {"": EarlyStopping})


def options_table(noun: str, forms: Mapping[str, type[Settings]]) -> str:
    """A row for each form, and one for each of its options below it."""
    told: dict[tuple[str, str | None], str] = {}
    rows = [f"| {noun} | option | default | what |", "|---|---|---|---|"]
    for name, form in forms.items():
        if name:
            rows.append(f"| `{name}` | | | {(form.__doc__ or '').splitlines()[0]} |")
        for option, field in form.model_fields.items():
            default = "" if field.default is None else f"`{json.dumps(field.default)}`"
            first = told.setdefault((option, field.description), name)
            what = field.description if first == name else f"as `{first}`'s"
            if option != "name":
                rows.append(f"| | `{option}` | {default} | {what} |")
    return "\n".join(rows)


def settings_table(section: str, form: type[Settings]) -> str:
    """A row for each setting of a section of study files."""
    rows = ["| setting | default | what |", "|---|---|---|"]
    for name, field in form.model_fields.items():
        default = getattr(field.default, "name", field.default)
        written = default if isinstance(default, str) else json.dumps(default)
        shown = "" if default in (None, ()) else f"`{written}`"
        rows.append(f"| `{section}.{name}` | {shown} | {field.description} |")
    return "\n".join(rows)


# --- the statistics ------------------------------------------------------------


def coverage_part() -> str:
    """How often each interval held the truth, as ``python -m benchmarks.coverage`` measured it."""
    kept = json.loads((ROOT / "benchmarks/results/coverage.json").read_text(encoding="utf-8"))
    cells = {(c["statistic"], c["n"], c["strength"]): c for c in kept["cells"]}
    strengths = sorted({strength for *_, strength in cells})
    head = " | ".join(f"ρ = {strength:g}" for strength in strengths)
    rows = [f"| interval | n | {head} |", "|---|---|" + "---|" * len(strengths)]
    for name, n in dict.fromkeys((name, n) for name, n, _ in cells):
        told = (cells[name, n, strength] for strength in strengths)
        values = " | ".join(f"{c['covered']:.3f}, {c['shown']:.2f}" for c in told)
        rows.append(f"| {name} | {n} | {values} |")
    nulls = kept["partial_false_positives"]
    shares = ", ".join(f"{share:.3f} (n = {n})" for n, share in nulls["shares"].items())
    return "\n".join(
        [
            f"Each cell comes from {kept['studies']:,} simulated studies (`python -m "
            "benchmarks.coverage`). The first number is the share of intervals that contain the "
            "true value. The second is the share that exclude 0. Where the true value is 0 (ρ = 0, "
            "and always for a rival's gap and for two studies), the second number counts false "
            "alarms. Tied: one variable is rounded to about seven levels. Tails: a Student copula "
            "with 3 degrees of freedom.",
            "",
            *rows,
            "",
            "False positives of the partial correlation at the 5 % level, in "
            f"{nulls['studies']:,} studies without an effect each: {shares}.",
        ]
    )


def power_part() -> str:
    """The smallest correlation that four of five studies show, by the number of architectures."""
    lines = (ROOT / "archsearch/space/detectable.csv").read_text(encoding="utf-8").splitlines()
    rows = [
        "| architectures | Spearman's ρ | correlation of logs, for the slope |",
        "|---|---|---|",
    ]
    return "\n".join([*rows, *(f"| {' | '.join(line.split(','))} |" for line in lines[1:])])


# --- the command line ------------------------------------------------------------


def cli_page() -> str:
    """Every command's help."""
    intro = (
        "# Commands\n\nEvery command has `--help`. Exit codes: 0 done, 1 failed, 2 wrong input, "
        "3 no trial\ncompleted, 130 interrupted.\n"
    )
    parts = [
        f"## `{' '.join(['archsearch', *words])}`\n\n{fenced(help_of(words))}\n"
        for words in commands()
    ]
    return "\n".join([intro, *parts])


def commands() -> Iterator[list[str]]:
    """The words of each command, the program itself first."""
    yield []
    yield from _below(get_command(app), [])


def _below(command: object, words: list[str]) -> Iterator[list[str]]:
    for name, inner in getattr(command, "commands", {}).items():
        yield [*words, name]
        yield from _below(inner, [*words, name])


def help_of(words: list[str]) -> str:
    """A command's --help at 80 columns."""
    shown = CliRunner().invoke(
        app, [*words, "--help"], prog_name="archsearch", env={"COLUMNS": "80", "NO_COLOR": "1"}
    )
    if shown.exit_code != 0:
        raise RuntimeError(f"archsearch {' '.join(words)} --help: {shown.output}")
    return "\n".join(line.rstrip() for line in shown.output.strip().splitlines())


def fenced(text: str) -> str:
    """A block of plain text."""
    return f"```text\n{text}\n```"


def main() -> None:
    """Write what is stale, or with ``--check`` name it and fail."""
    stale = [
        (path, text)
        for path, text in pages()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    checking = sys.argv[1:] == ["--check"]
    for path, text in stale:
        name = path.relative_to(ROOT)
        sys.stdout.write(f"{'stale' if checking else 'written'}: {name}\n")
        if not checking:
            write_text(path, text)
    if checking and stale:
        sys.exit("run `make docs`")


if __name__ == "__main__":
    main()
