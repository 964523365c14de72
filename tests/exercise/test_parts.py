"""What the exercise trains: command lines that archsearch takes, studies that are valid."""

from pathlib import Path

import pytest

from archsearch.cli import main
from archsearch.config import load
from exercise.parts import FULL, PARTS, SMALL, Places, Size

ROOT = Path(__file__).parents[2]
SIZES = {"full": FULL, "small": SMALL}


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    """Folders with what the last parts need of the ones before."""
    monkeypatch.chdir(ROOT)
    head = "number,key,state,val_mse,test_mse\n"
    searched = {
        "best-net": "0,a,complete,3,3\n1,b,complete,1,5\n2,c,failed,,\n4,e,complete,4,1\n"
        "5,b,complete,1,5\n",
        "size-front": "0,f,complete,2,2\n1,b,complete,1,5\n",
    }
    for name, rows in searched.items():
        (tmp_path / "reports" / name).mkdir(parents=True)
        (tmp_path / "reports" / name / "trials.csv").write_text(head + rows)
    for part in ("nine-layer", "winners", "denoising"):
        (tmp_path / "runs" / part).mkdir(parents=True)
    return Places("photos", tmp_path / "runs", tmp_path / "reports", workers=2)


def commands(places: Places, size: Size) -> list[list[str]]:
    return [words for part in size.parts for words in PARTS[part](places, size)]


@pytest.mark.parametrize("size", SIZES)
def test_every_study_is_one_that_can_be_run(places: Places, size: str, capsys) -> None:
    studies = [words for words in commands(places, SIZES[size]) if words[:2] == ["study", "run"]]
    assert len(studies) >= 4
    for words in studies:
        with pytest.raises(SystemExit) as ended:
            main([*words, "--dry-run"])
        assert ended.value.code == 0, words
        assert capsys.readouterr().out.endswith("nothing was trained or written\n")


@pytest.mark.parametrize("size", SIZES)
def test_every_part_ends_with_its_report(places: Places, size: str) -> None:
    for part in SIZES[size].parts:
        *_, last = PARTS[part](places, SIZES[size])
        assert last[0] == "report"
        assert last[-1] == str(places.reports / part)


def test_the_winners_are_the_trials_with_the_lowest_validation_error(places: Places) -> None:
    assert best(places) == [("best-net", "1"), ("size-front", "0"), ("best-net", "0")]


def test_the_winners_of_a_search_that_was_not_made_are_missing(places: Places) -> None:
    (places.reports / "size-front/trials.csv").unlink()
    (places.reports / "size-front").rmdir()
    assert best(places) == [("best-net", "1"), ("best-net", "0"), ("best-net", "4")]


def best(places: Places) -> list[tuple[str, str]]:
    """Searches and trials of the nets that are trained again."""
    taken = [words for words in commands(places, FULL) if words[:2] == ["study", "best"]]
    return [(words[2], words[words.index("--trial") + 1]) for words in taken]


def test_without_changes_the_family_is_the_nine_layer_net() -> None:
    family = load(ROOT / "specs/nine-layer-family.yaml").plan()
    assert family.key == load(ROOT / "specs/acml-nine-layer.yaml").plan().key
