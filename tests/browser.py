"""Pages in a real browser: headless Chromium through Playwright, their content policy active."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["CHROMIUM", "BrowsedPage", "ProseWords", "browsed", "chromium"]

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chrome"))), None)
"""The system's browser; tests that need it skip where there is none."""

_FOLDER = Path(__file__).parent
_WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_PROSE = "p, li, figcaption, summary, .note, h1, h2, h3, h4, h5, h6"
_NOT_PROSE = "table, pre, code, dl, svg, script, [aria-hidden=true], .visually-hidden"

_WORDS = (_FOLDER / "prose_words.js").read_text("utf-8")
_MISPLACED = (_FOLDER / "misplaced_texts.js").read_text("utf-8")


class ProseWords(NamedTuple):
    """Words in paragraphs, lists, captions, notes and headings: those that stand open, and all."""

    open: int
    all: int


@dataclass
class BrowsedPage:
    """A page that is open in a browser.

    Attributes:
        page: Playwright's own page, for what stands not here.
        problems: errors of scripts, of the content policy, and requests that left the page.
    """

    page: Page
    problems: list[str] = field(default_factory=list)

    def press(self, *keys: str) -> None:
        """Press keys one after the other, e.g. ``"Tab", "ArrowRight", "Enter"``."""
        for key in keys:
            self.page.keyboard.press(key)

    def focused(self) -> str:
        """The element that has the focus, as ``tag#id.class``."""
        found = self.page.evaluate(
            "() => { const one = document.activeElement;"
            " return one.tagName.toLowerCase() + (one.id && `#${one.id}`)"
            " + [...one.classList].map((name) => `.${name}`).join(''); }"
        )
        return str(found)

    def screenshot(self, path: Path, *, whole: bool = True) -> Path:
        """The page as a PNG file, down to its end or as far as the window shows it."""
        self.page.screenshot(path=path, full_page=whole)
        return path

    def pdf(self, path: Path) -> Path:
        """The page as it is printed, on the paper that its style asks for."""
        self.page.pdf(path=path, prefer_css_page_size=True, print_background=True)
        return path

    def scroll_width(self) -> int:
        """Pixels from the page's left edge to the right end of what it holds."""
        return int(self.page.evaluate("() => document.scrollingElement.scrollWidth"))

    def misplaced_texts(self) -> list[str]:
        """Texts that are clipped, outside the window or on another text, each with its reason.

        Texts drawn as outlines, as in matplotlib's SVG files, aren't seen.
        """
        return list(self.page.evaluate(_MISPLACED))

    def violations(self) -> list[str]:
        """What axe finds against WCAG 2.2 A and AA: rule, element and why."""
        from axe_playwright_python.sync_playwright import Axe

        options = {"runOnly": {"type": "tag", "values": _WCAG}, "resultTypes": ["violations"]}
        # Scripts of the developer tools run beside the page's policy, which stays as it is.
        found = Axe().run(self.page, options=options).response["violations"]
        return [
            f"{rule['id']}: {' '.join(map(str, node['target']))}: {node['failureSummary']}"
            for rule in found
            for node in rule["nodes"]
        ]

    def prose_words(self) -> ProseWords:
        """The page's words of prose; tables, code and lists of facts aren't prose."""
        return ProseWords(*self.page.evaluate(_WORDS, [_PROSE, _NOT_PROSE]))


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's browser without a window."""
    from playwright.sync_api import sync_playwright

    # Containers forbid what Chromium's own sandbox is made of; the pages are ours.
    settings: dict[str, Any] = {"executable_path": CHROMIUM, "args": ["--no-sandbox"]}
    with sync_playwright() as driver, driver.chromium.launch(**settings) as browser:
        yield browser


@contextmanager
def browsed(
    browser: Browser,
    page: Path,
    *,
    width: int = 1280,
    height: int = 900,
    dark: bool = False,
    touch: bool = False,
    scripts: bool = True,
) -> Iterator[BrowsedPage]:
    """The file ``page`` in a fresh window of ``width`` × ``height`` pixels, at rest."""
    settings: dict[str, Any] = {
        "viewport": {"width": width, "height": height},
        "color_scheme": "dark" if dark else "light",
        "reduced_motion": "reduce",  # pictures and places are those at rest
        "has_touch": touch,
        "java_script_enabled": scripts,
    }
    with browser.new_context(**settings) as context:
        opened = BrowsedPage(context.new_page())
        problems = opened.problems
        opened.page.on("console", lambda one: _note_message(one.type, one.text, problems))
        opened.page.on("pageerror", lambda error: problems.append(str(error)))
        opened.page.on("request", lambda one: _note_request(one.url, problems))
        opened.page.goto(page.as_uri())
        yield opened


def _note_message(kind: str, text: str, problems: list[str]) -> None:
    if kind in ("error", "warning"):
        problems.append(text)


def _note_request(url: str, problems: list[str]) -> None:
    if not url.startswith(("file:", "data:")):
        problems.append(f"request to {url}")
