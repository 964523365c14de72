"""A few cases of each campaign, and that the campaigns would find what they look for."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("campaigns fork, mount and read /proc", allow_module_level=True)

from tests.reliability.__main__ import PAGE, RESULTS, work
from tests.reliability.campaign import Campaign, Outcome
from tests.reliability.commands import Ended, faults
from tests.reliability.page import Line, lines_of, page, write_page
from tests.reliability.table import CAMPAIGNS

ROOT = Path(__file__).parents[2]
FEW = [name for name, campaign in CAMPAIGNS.items() if campaign.few]


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the few cases gave, tried in a process that may fork."""
    results = tmp_path_factory.mktemp("reliability")
    words = [sys.executable, "-m", "tests.reliability", *FEW, "--few", "--results", str(results)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, check=False)
    return results


@pytest.mark.parametrize("name", FEW)
def test_a_few_cases_hold(tried: Path, name: str) -> None:
    lines = list(lines_of(tried / f"{name}.jsonl"))
    assert [line.seed for line in lines] == list(CAMPAIGNS[name].few)
    assert {line.case: line.faults for line in lines if line.faults} == {}


def test_the_page_says_what_the_kept_lines_say() -> None:
    found = {name: list(lines_of(RESULTS / f"{name}.jsonl")) for name in CAMPAIGNS}
    written, kept = PAGE.read_text(encoding="utf-8"), page(CAMPAIGNS, found)
    of_one_machine = re.compile("^This page was written on: .*$", re.MULTILINE)
    assert of_one_machine.sub("", written) == of_one_machine.sub("", kept)


def ended(code: int, said: str = "", *, timed_out: bool = False) -> Ended:
    return Ended(("train",), code, said, 1.0, 0, 1.0, timed_out)


@pytest.mark.parametrize("code", [0, 1, 2, 3, 130])
def test_an_end_with_an_exit_code_is_none(code: int) -> None:
    assert faults(ended(code, "error: no such file")) == []


@pytest.mark.parametrize(
    "bad",
    [
        ended(1, "Traceback (most recent call last):\n  …"),
        ended(1, "error: unexpected ValueError: x\n  help: this is a bug in archsearch; …"),
        ended(-7),
        ended(70),
        ended(0, timed_out=True),
    ],
)
def test_what_must_not_be_is_found(bad: Ended) -> None:
    assert len(faults(bad)) == 1


def campaign(tries: list[int]) -> Campaign:
    def one(seed: int) -> Outcome:
        tries.append(seed)
        if seed == 2:
            raise RuntimeError("broken")
        return Outcome(f"case {seed}", "well" if seed else "badly", () if seed else ("wrong",))

    return Campaign("odd", "what is tried", "What holds.", 3, (), one)


def test_the_same_command_goes_on(tmp_path: Path) -> None:
    tries: list[int] = []
    odd = campaign(tries)
    assert work(odd, [0, 1], tmp_path, 1.0, "abc") == 1
    assert work(odd, [0, 1, 2], tmp_path, 1.0, "def") > 0, "a campaign that breaks is a fault"
    assert tries == [0, 1, 2]
    assert work(odd, [3], tmp_path, -1.0, "def") == 0
    assert tries == [0, 1, 2], "time was up"


def test_the_page_tells_what_came_of_it() -> None:
    lines = [
        Line(0, "case 0", "badly", ["wrong"], 30.0, "2026-01-02", "abc"),
        Line(1, "case 1", "well", [], 90.0, "2026-01-03", "def"),
    ]
    text = page({"odd": campaign([]), "other": campaign([])}, {"odd": lines, "other": []})
    assert "**2 of 6 cases tried, 1 faults**, in 0.0 hours" in text
    assert "on 2026-01-02 to 2026-01-03.\nNot run yet: other." in text
    assert "| odd | what is tried | 2 | 3 | 1 | 2.0 | abc def |" in text
    assert "| badly | 1 |\n| well | 1 |" in text
    assert "- seed 0, case 0: `wrong`" in text
    assert text.endswith("## other\n\nWhat holds.\n\nNot run yet.\n")


def test_the_page_can_tell_names_that_are_not_utf_8(tmp_path: Path) -> None:
    line = Line(0, "case", "ended: 'a\udcffb'", [], 1.0, "2026-01-02", "abc")
    (tmp_path / "odd.jsonl").write_text(json.dumps(asdict(line)) + "\n", encoding="utf-8")
    write_page(tmp_path / "page.md", tmp_path, {"odd": campaign([])})
    assert "| ended: 'a\\udcffb' | 1 |" in (tmp_path / "page.md").read_text(encoding="utf-8")
