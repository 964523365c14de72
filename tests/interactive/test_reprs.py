"""What a notebook shows of a thing: a line, or a table in which no name is taken for HTML."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest

import archsearch
from archsearch.records import RunRecord
from archsearch.train import TrainedRun
from tests.synthetic import StudyRecipe, synthetic_study

ROOT = Path(__file__).parents[2]
EVIL = "<script>alert(1)</script>&\x1b[31m"
TAGS = {"p", "strong", "table", "thead", "tbody", "tr", "th", "td"}


class Seen(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def things(name: str, folder: Path) -> dict[str, object]:
    """One of everything, by that name."""
    quoted = '"' + name.replace("\x1b", "\\e") + '"'
    (folder / "net.yaml").write_text(
        (ROOT / "specs/dense-code.yaml").read_text().replace("name: dense-code", f"name: {quoted}")
    )
    study_text = (ROOT / "studies/quickstart.yaml").read_text()
    study_text = study_text.replace("name: quickstart", f"name: {quoted}")
    (folder / "study.yaml").write_text(study_text.replace("../specs/dense-code.yaml", "net.yaml"))
    record = synthetic_study(StudyRecipe(complete=3, name=name, choice=name))
    model = archsearch.load(folder / "net.yaml")
    result = record.results[0]
    net = archsearch.build(model.plan(), seed=0)
    return {
        "model": model,
        "plan": model.plan(),
        "study file": archsearch.load_study(folder / "study.yaml"),
        "study": record,
        "result": result,
        "trained": TrainedRun(result, net, None, None),  # type: ignore[arg-type]
        "run": RunRecord.model_construct(name=name, spec="", settings=None, result=result),
    }


@pytest.fixture(scope="module")
def evil(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    return things(EVIL, tmp_path_factory.mktemp("evil"))


WITH_TABLE = ["model", "plan", "study file", "study", "result", "trained", "run"]


@pytest.mark.parametrize("name", WITH_TABLE)
def test_a_repr_is_a_line(evil, name: str) -> None:
    assert len(repr(evil[name])) < 250
    assert repr(evil[name]).isprintable()
    assert str(evil[name]) == repr(evil[name])


@pytest.mark.parametrize("name", WITH_TABLE)
def test_a_table_is_escaped(evil, name: str) -> None:
    page = evil[name]._repr_html_()  # type: ignore[attr-defined]
    seen = Seen(page)
    assert seen.tags <= TAGS
    assert "table" in seen.tags
    assert "\x1b" not in page
    if name != "result":
        assert "<script>alert(1)</script>&\\x1b[31m" in "".join(seen.text)


def test_parts_of_a_study_are_short_too(evil) -> None:
    study = evil["study"]
    trial = study.trials[0]
    for part in (trial, trial.seeds[0], trial.plan, study.curves):
        assert len(repr(part)) < 300
    assert repr(study) == f"StudyRecord(name={EVIL!r}, complete=3, lowest={study_lowest(study)})"


def study_lowest(study) -> float:
    return float(f"{min(trial.value for trial in study.trials):.5g}")


def test_the_layer_table_is_that_of_show(evil) -> None:
    plan = evil["plan"]
    cells = Seen(plan._repr_html_()).text
    for layer in plan.layers:
        assert all(cell in cells for cell in layer.row)
    assert "latent 32 = 32" in cells


def test_a_spec_that_cannot_be_built_shows_its_mistakes(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    text = (ROOT / "specs/dense-code.yaml").read_text()
    path.write_text(text.replace("height: 32", "height: 2"))
    page = archsearch.load(path)._repr_html_()
    assert "can&#x27;t be built" in page
    assert "0×0" in page or "nonpositive" in page or "would give" in page


def test_one_epoch_is_told_in_the_singular(evil) -> None:
    result = evil["result"].model_copy(update={"epochs": 1})
    assert ", 1 epoch, " in result._repr_html_()
