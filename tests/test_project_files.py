"""What contributors read is right: files that are named exist, and CI runs what people run."""

from __future__ import annotations

import re
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.test_import_lines import INSIDE, LINE, modules_imported

ROOT = Path(__file__).parents[1]
FORMS = sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml"))
WORKFLOW = ROOT / ".github/workflows/ci.yml"
HOOKS = ROOT / ".pre-commit-config.yaml"
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
ARCHITECTURE = ROOT / "docs/architecture.md"
SCRIPTS = sorted([*(ROOT / "docs").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")])
PAGES = [ROOT / "README.md", CONTRIBUTING, *sorted((ROOT / "docs").glob("*.md"))]

SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
FILE = re.compile(r"[\w.-]+(?:/[\w.-]*)+")
MODULE = re.compile(rf"(?:{'|'.join(LINE)})(?:\.\w+)+")


def content(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def targets(text: str) -> list[str]:
    """What ``text`` has make do, in order."""
    return re.findall(r"^\s*(?:- run: )?make ([a-z-]+)\s*$", text, re.MULTILINE)


def makefile_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def files_named(text: str) -> set[str]:
    return {span for span in SPAN.findall(text) if FILE.fullmatch(span)}


def missing_files(text: str) -> set[str]:
    """Paths in ``text`` that neither the project nor the package has."""
    places = (ROOT, ROOT / "archsearch")
    return {name for name in files_named(text) if not any((p / name).exists() for p in places)}


def missing_modules(text: str) -> set[str]:
    """Dotted names of the package in ``text`` that don't lead to a module or a name in one."""
    return {span for span in SPAN.findall(text) if MODULE.fullmatch(span) and not _leads(span)}


def _leads(dotted: str) -> bool:
    """Whether ``dotted``, below the package, is a module of it or a name in one."""
    module, names = "archsearch", dotted.split(".")
    found: Any = import_module(module)
    for name in names:
        module = f"{module}.{name}"
        try:
            found = import_module(module)
        except ModuleNotFoundError:
            found = getattr(found, name, None)
    return found is not None


def headings(page: Path) -> set[str]:
    """The anchors of a page, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def dead_links(page: Path) -> set[str]:
    dead = set()
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        if "://" in link:
            continue
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        if not target.exists() or (anchor and anchor not in headings(target)):
            dead.add(link)
    return dead


def test_the_workflow_runs_what_a_person_runs() -> None:
    wanted = targets((ROOT / ".ci/run").read_text())
    assert wanted == ["check", "test"]
    job = content(WORKFLOW)["jobs"]["test"]
    runs = [step["run"] for step in job["steps"] if "run" in step]
    assert [run for run in runs if "make" in run] == [f"make {target}" for target in wanted]
    assert set(wanted) <= makefile_targets()
    others = [run.removeprefix("sudo ") for run in runs if "make" not in run]
    assert all((ROOT / other).exists() for other in others)


def test_the_workflow_begins_at_the_oldest_python() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for job in content(WORKFLOW)["jobs"].values():
        versions = job["strategy"]["matrix"]["python-version"]
        assert project["requires-python"] == f">={versions[0]}"
        assert all(isinstance(version, str) for version in versions), "3.10 would be 3.1"


def test_the_workflow_runs_the_same_tests_on_other_systems() -> None:
    job = content(WORKFLOW)["jobs"]["other-systems"]
    assert job["strategy"]["matrix"]["os"] == ["macos-latest", "windows-latest"]
    runs = [step["run"] for step in job["steps"] if "run" in step]
    (tested,) = [run.removeprefix("python ") for run in runs if "pytest" in run]
    assert tested in (ROOT / "Makefile").read_text()


def test_hooks_are_the_tools_of_the_project() -> None:
    makefile = (ROOT / "Makefile").read_text()
    (repository,) = content(HOOKS)["repos"]
    assert repository["repo"] == "local"
    for hook in repository["hooks"]:
        program, *arguments = hook["entry"].split()
        assert f"$(BIN)/{Path(program).name}" in makefile
        assert program.startswith(".venv/bin/")
        assert all((ROOT / word).exists() for word in arguments if word.endswith(".py"))


@pytest.mark.parametrize("form", FORMS, ids=[form.stem for form in FORMS])
def test_a_form_has_what_github_asks_for(form: Path) -> None:
    found = content(form)
    if form.stem == "config":
        assert found == {"blank_issues_enabled": False}
        return
    assert set(found) == {"name", "description", "labels", "body"}
    ids = [field["id"] for field in found["body"]]
    assert len(set(ids)) == len(ids)
    for field in found["body"]:
        assert field["type"] in {"input", "textarea"}
        assert field["attributes"]["label"]


def test_there_are_forms_for_bugs_questions_and_ideas() -> None:
    assert {form.stem for form in FORMS} == {"bug", "config", "idea", "question"}


@pytest.mark.parametrize("page", [CONTRIBUTING, ARCHITECTURE], ids=["contributing", "architecture"])
def test_files_and_modules_that_a_page_names_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert len(files_named(text)) >= 3
    assert missing_files(text) == set()
    assert missing_modules(text) == set()


def test_a_wrong_name_would_be_found() -> None:
    assert missing_files("see `spec/kinds/` and `docs/nowhere.md`") == {"docs/nowhere.md"}
    assert missing_modules("`spec.text.reader`, `spec.txt`, `nn.build`") == {"spec.txt"}


def missing_imports(source: str) -> set[str]:
    """What a script imports of the package and isn't there."""
    named = {name for name in modules_imported(source) if name.startswith("archsearch.")}
    dotted = {name.removeprefix("archsearch.") for name in named}
    return {name for name in dotted if not _leads(name)}


@pytest.mark.parametrize("script", SCRIPTS, ids=[path.stem for path in SCRIPTS])
def test_scripts_import_what_there_is(script: Path) -> None:
    assert missing_imports(script.read_text(encoding="utf-8")) == set()


def test_a_missing_import_would_be_found() -> None:
    source = "from archsearch.space.support import words, factor_label"
    assert missing_imports(source) == {"space.support.words"}


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    assert dead_links(page) == set()


def test_a_dead_link_would_be_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A title\n[a](#a-title) [b](#b) [c](gone.md) [d](page.md#a-title)")
    assert dead_links(page) == {"#b", "gone.md"}


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_make_knows_each_target_that_a_page_names(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"`make ([a-z-]+)`|^\$? ?make ([a-z-]+)", text, re.MULTILINE))
    assert {a or b for a, b in named} <= makefile_targets()


def test_the_architecture_has_the_import_rules_that_are_tested() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \|(.*)\|$", ARCHITECTURE.read_text(encoding="utf-8"), re.MULTILINE
    )
    told = {name: cells[2].strip() for name, rest in rows if len(cells := rest.split("|")) == 4}
    assert list(told) == LINE
    for name, imports in told.items():
        words = set() if imports == "–" else set(imports.split(", "))
        assert (set(LINE) if words == {"all"} else words) == INSIDE[name], name


def test_the_glossary_is_sorted_and_has_each_term_once() -> None:
    text = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    terms = [row.strip().lower() for row in re.findall(r"^\| ([^|-][^|]*)\|", text, re.MULTILINE)]
    assert terms[0] == "term"
    assert terms[1:] == sorted(set(terms[1:]))
