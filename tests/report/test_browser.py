"""What the page's script does, in a real browser where there is one."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from base64 import b64decode
from pathlib import Path

import pytest

from archsearch.report import figures, write_report
from tests.report.pages import HOSTILE, hostile_study
from tests.synthetic import StudyRecipe, synthetic_study

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chrome"))), None)
pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]

# Put behind the page's own script in a copy whose content policy lets it run.
PROBE = """{
const told = {};
const table = document.querySelector("table.sortable");
const column = (place) => [...table.tBodies[0].rows].map((row) => row.cells[place].textContent);
const heads = [...table.tHead.rows[0].cells].map((head) => head.textContent);
told.sorted = {};
for (const name of ["size", "latent", "val MSE"]) {
  const place = heads.indexOf(name);
  const sorted = [];
  for (let times = 0; times < 2; times += 1) {
    table.tHead.rows[0].cells[place].querySelector("button").click();
    sorted.push(column(place));
  }
  told.sorted[name] = sorted;
}
const copy = document.querySelector("button.copy");
for (let up = copy; up; up = up.parentElement) if (up.tagName === "DETAILS") up.open = true;
copy.click();
dispatchEvent(new Event("beforeprint"));
told.printed = document.querySelector("#run details").open;
setTimeout(() => {
  told.copy = document.querySelector("button.copy").textContent;
  told.selected = getSelection().toString();
  told.spec = document.querySelector(".spec pre").textContent;
  const text = document.createElement("pre");
  text.id = "told";
  text.textContent = btoa(unescape(encodeURIComponent(JSON.stringify(told))));
  document.body.append(text);
}, 500);
}"""


def browsed(page: Path) -> str:
    """The document as Chromium leaves it."""
    command = [
        str(CHROMIUM), "--headless", "--no-sandbox", "--virtual-time-budget=3000", "--dump-dom",
        page.as_uri(),
    ]  # fmt: skip
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(figures, "_FIGURES", {"latent": figures._FIGURES["latent"]})


@pytest.mark.usefixtures("quick")
def test_sort_copy_and_print(tmp_path):
    page = write_report(synthetic_study(StudyRecipe(complete=12)), tmp_path).index
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page.read_text("utf-8"))
    page.write_text(text.replace("</body>", f"<script>{PROBE}</script></body>"), "utf-8")
    found = re.search(r'<pre id="told">([^<]*)</pre>', browsed(page))
    assert found is not None
    told = json.loads(b64decode(found[1]))
    sizes = [[int(text.replace(",", "")) for text in one] for one in told["sorted"]["size"]]
    assert sizes[0] == sorted(sizes[0])
    assert sizes[1] == sorted(sizes[0], reverse=True)
    shapes = [[int(text.split("×")[0]) for text in one] for one in told["sorted"]["latent"]]
    assert shapes[0] == sorted(shapes[0])
    errors = [[float(text) for text in one] for one in told["sorted"]["val MSE"]]
    assert errors[1] == sorted(errors[0], reverse=True)
    assert told["copy"] in ("Copied", "Selected")
    assert told["spec"].startswith("name:")
    if told["copy"] == "Selected":  # where a page may not write to the clipboard
        assert told["selected"].split() == told["spec"].split()
    assert told["printed"] is True


@pytest.mark.usefixtures("quick")
def test_hostile_texts_run_nothing(tmp_path):
    page = write_report(hostile_study(), tmp_path).index
    left = browsed(page)
    assert left.count("<script>") == 1
    assert "<img" not in left
    assert HOSTILE.split(">")[0].replace("<", "&lt;") in left
