"""Pages in a real browser: headless Chromium through Playwright, with the page's own policy active."""

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

_WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_PROSE = "p, li, figcaption, summary, .note, h1, h2, h3, h4, h5, h6"
_NOT_PROSE = "table, pre, code, dl, svg, script, [aria-hidden=true], .visually-hidden"

_WORDS = """([prose, others]) => {
  const texts = [...document.querySelectorAll(prose)].filter(
    (one) => !one.closest(others) && !one.parentElement.closest(prose));
  const folded = (one) => {
    for (let part = one; part; part = part.parentElement) {
      const holder = part.parentElement?.closest("details:not([open])");
      if (holder && part.parentElement === holder && part.tagName !== "SUMMARY") return true;
    }
    return false;
  };
  const spoken = (one) => {
    const copy = one.cloneNode(true);
    copy.querySelectorAll(others).forEach((part) => part.remove());
    return copy.textContent.split(/\\s+/).filter((word) => /[\\p{L}\\p{N}]/u.test(word)).length;
  };
  const sum = (some) => some.reduce((total, one) => total + spoken(one), 0);
  return [sum(texts.filter((one) => !folded(one) && one.checkVisibility())), sum(texts)];
}"""

# Boxes of lines of text, as far as a reader sees them. What a scrolling or clipping ancestor hides is
# cut off; a text that a clipping one cuts is told as clipped, one that leaves the window as outside.
_MISPLACED = """() => {
  const told = new Set();
  const boxes = [];
  const quote = (text) => text.trim().replace(/\\s+/g, " ").slice(0, 60);
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const holder = node.parentElement;
    if (!node.data.trim() || holder.closest(".visually-hidden, script, style, option")) continue;
    if (!holder.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const line of range.getClientRects()) {
      if (line.width < 1 || line.height < 1) continue;
      let [left, right, top, bottom] = [line.left, line.right, line.top, line.bottom];
      let scrolled = false;
      for (let part = holder; part && part !== document.body; part = part.parentElement) {
        const style = getComputedStyle(part);
        if (part instanceof SVGElement || style.overflowX === "visible") continue;
        const frame = part.getBoundingClientRect();
        const hides = style.overflowX === "hidden" || style.overflowX === "clip";
        if (hides && (right > frame.right + 2 || left < frame.left - 2)) told.add(`clipped: ${quote(node.data)}`);
        if (!hides) scrolled = true;
        [left, right] = [Math.max(left, frame.left), Math.min(right, frame.right)];
        [top, bottom] = [Math.max(top, frame.top), Math.min(bottom, frame.bottom)];
      }
      if (!scrolled && (right > innerWidth + 1 || left < -1)) told.add(`outside: ${quote(node.data)}`);
      // The content area of a font is higher than its letters.
      const trim = 0.2 * line.height;
      [left, right, top, bottom] = [left + 1, right - 1, top + trim, bottom - trim];
      const floating = Boolean(holder.closest(".tip, thead, .tall :is(th, td):first-child"));
      if (right > left && bottom > top) boxes.push({ left, right, top, bottom, node, floating });
    }
  }
  boxes.sort((one, other) => one.top - other.top);
  boxes.forEach((one, place) => {
    for (let next = place + 1; next < boxes.length && boxes[next].top < one.bottom; next += 1) {
      const other = boxes[next];
      if (one.node === other.node || one.floating || other.floating) continue;
      if (one.left < other.right && other.left < one.right) told.add(`overlap: ${quote(one.node.data)} | ${quote(other.node.data)}`);
    }
  });
  return [...told];
}"""


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
        """Texts that are clipped, stand outside the window or overlap another, each with its reason.

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

    with sync_playwright() as driver:
        # Containers forbid what Chromium's own sandbox is made of; the pages are ours.
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


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
    context = browser.new_context(**settings)
    opened = BrowsedPage(context.new_page())
    problems = opened.problems
    opened.page.on("console", lambda told: problems.append(told.text) if told.type in _BAD else None)
    opened.page.on("pageerror", lambda error: problems.append(str(error)))
    opened.page.on("request", lambda one: _note_request(one.url, problems))
    opened.page.goto(page.as_uri())
    yield opened
    context.close()


_BAD = ("error", "warning")


def _note_request(url: str, problems: list[str]) -> None:
    if not url.startswith(("file:", "data:")):
        problems.append(f"request to {url}")
