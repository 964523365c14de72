"""The site: built without a warning, complete, and readable without a network."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

import archsearch
from tests.browser import CHROMIUM, browsed, chromium
from tests.docs.blocks import ROOT

pytest.importorskip("sphinx", reason="the extra `docs`")
pytest.importorskip("furo", reason="the extra `docs`")


def built(docs: Path, out: Path) -> subprocess.CompletedProcess[str]:
    """As ``make site`` builds it."""
    (line,) = re.findall(r"^\t\$\(BIN\)/python (-m sphinx .*)$", makefile(), re.MULTILINE)
    words = line.replace("build/site-cache", str(out / "cache")).split()
    words[-2:] = [str(docs), str(out / "site")]
    return subprocess.run(
        [sys.executable, *words], capture_output=True, text=True, check=False, cwd=ROOT
    )


def makefile() -> str:
    return (ROOT / "Makefile").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("built")
    done = built(ROOT / "docs", out)
    assert (done.returncode, done.stderr) == (0, "")
    return out / "site"


class Links(HTMLParser):
    """What a page loads, where it links to, and what can be linked to in it."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.anchors |= {told.get("id") or ""}
        if tag == "a":
            self.links.append(told.get("href") or "")
        elif tag == "link" and told.get("rel") != "canonical":
            self.loaded.append(told.get("href") or "")
        else:
            self.loaded.append(told.get("src") or "")


def local(links: list[str]) -> Iterator[tuple[str, str]]:
    """(path, anchor) of each link within the site."""
    for link in links:
        parts = urlsplit(link)
        if not parts.scheme and link:
            yield unquote(parts.path), unquote(parts.fragment)


def test_every_page_is_in_the_site_and_in_its_list(site: Path) -> None:
    pages = {page.stem for page in (ROOT / "docs").glob("*.md")}
    listed = {path for path, _ in local(Links(site / "index.html").links)}
    for page in pages - {"index"}:
        assert (site / f"{page}.html").is_file()
        assert f"{page}.html" in listed


def test_links_lead_to_pages_and_anchors_of_the_site(site: Path) -> None:
    read = {page: Links(page) for page in site.glob("*.html")}
    assert len(read) > 25
    for page, links in read.items():
        for path, anchor in local(links.links):
            target = (page.parent / path).resolve() if path else page
            assert target.is_file(), (page.name, path)
            if anchor and target in read:
                assert anchor in read[target].anchors, (page.name, path, anchor)


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        for loaded in Links(page).loaded:
            assert not urlsplit(loaded).netloc, (page.name, loaded)
    for style in site.rglob("*.css"):
        text = style.read_text(encoding="utf-8")
        assert not re.search(r"(?:url\(|@import)\s*['\"]?(?:https?:)?//", text), style.name


def test_the_first_page_is_the_readme(site: Path) -> None:
    page = (site / "index.html").read_text(encoding="utf-8")
    for title in re.findall(r"^## (.+)$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE):
        assert f">{title}<" in page
    assert "The first screen of a report" in page


def test_python_has_every_public_name(site: Path) -> None:
    anchors = Links(site / "python.html").anchors
    names = {name for name in archsearch.__all__ if not name.startswith("__")} - {"errors"}
    assert {f"archsearch.{name}" for name in names} <= anchors
    assert {f"archsearch.errors.{name}" for name in archsearch.errors.__all__} <= anchors


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
def test_the_search_finds_pages_that_are_opened_as_files(site: Path) -> None:
    with chromium() as browser, browsed(browser, site / "index.html", width=390) as opened:
        opened.page.goto(f"{(site / 'search.html').as_uri()}?q=bottleneck")
        opened.page.wait_for_selector("#search-results li a")
        found = opened.page.locator("#search-results li a").all_inner_texts()
        assert "Architecture" in found
        assert opened.problems == []


@pytest.mark.full
@pytest.mark.parametrize(
    ("page", "added"),
    [
        ("runs.md", "[a](data.md#nowhere)\n"),
        ("runs.md", "[a](nowhere.md)\n"),
        ("alone.md", "# In no list\n"),
        ("python.md", "```{eval-rst}\n.. autofunction:: archsearch.nothing\n```\n"),
    ],
    ids=["anchor", "page", "list", "name"],
)
def test_a_mistake_in_a_page_ends_the_build(tmp_path: Path, page: str, added: str) -> None:
    # Beside a copy of what conf.py reads: the project's file, and pages at the root.
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "archsearch").symlink_to(ROOT / "archsearch")
    with (tmp_path / "docs" / page).open("a", encoding="utf-8") as file:
        file.write(f"\n{added}")
    done = built(tmp_path / "docs", tmp_path)
    assert done.returncode == 1
    assert page.removesuffix(".md") in done.stderr
