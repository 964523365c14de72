"""The site, which ``make site`` builds: README.md is its first page and lists the others.

Sphinx with MyST and Furo, because MkDocs and its Material theme are no longer maintained.
Pages stay as GitHub shows them. Three of them only name a file at the root of the repository,
which stands in their place here. Links lead to pages of the site where there is one, and
else to the repository.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
sys.path.insert(0, str(ROOT))

_PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
_REPOSITORY = _PROJECT["urls"]["Repository"]

project = _PROJECT["name"]
release = _PROJECT["version"]
copyright = _PROJECT["authors"][0]["name"]
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]

myst_heading_anchors = 4  # as GitHub makes them
highlight_language = "text"
suppress_warnings = ["misc.highlighting_failure"]  # of what commands print, which is no language
nitpicky = False  # types of other packages have no pages here

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_format = "short"
autodoc_class_signature = "separated"
python_use_unqualified_type_names = True
napoleon_google_docstring = True

html_theme = "furo"
pygments_dark_style = "github-dark"  # the theme's own underlines modules, like links
html_title = f"{project} {release}"
html_static_path = ["site"]
html_css_files = ["site.css"]
html_js_files = [("site.js", {"defer": "defer"})]
html_copy_source = False
html_show_search_summary = False  # browsers forbid it to pages that are opened as files

_INSTEAD = re.compile(r"\A\[[^\]]+\]\((\.\./[A-Z]+\.md)\)\s*\Z")
_LINK = re.compile(r"\]\((?![a-z]+:|#)([^)#\s]+)((?:#[^)\s]*)?)\)")
_GROUP = re.compile(r"^\*\*(.+)\*\*: (?:.+\n)+", re.MULTILINE)


def _instead() -> dict[Path, str]:
    """Each file of the repository's root that is a page here, with the page's name."""
    found = ((page, _INSTEAD.match(page.read_text("utf-8"))) for page in DOCS.glob("*.md"))
    return {(DOCS / match[1]).resolve(): page.stem for page, match in found if match}


def _page(app: Sphinx, name: str, source: list[str]) -> None:
    """Give a page its text: that of the file it names, with links that lead somewhere here."""
    file = next((file for file, page in _instead().items() if page == name), DOCS / f"{name}.md")
    text = file.read_text(encoding="utf-8")
    app.env.note_dependency(str(file))
    linked = _LINK.sub(lambda link: f"]({_target(file.parent, link[1])}{link[2]})", text)
    source[0] = linked + (_navigation(text) if name == "index" else "")


def _target(folder: Path, link: str) -> str:
    target = (folder / link).resolve()
    if target.parent in (DOCS, DOCS / "figures"):
        return target.relative_to(DOCS).as_posix()
    page = _instead().get(target)
    return (
        f"{page}.md" if page else f"{_REPOSITORY}/blob/main/{target.relative_to(ROOT).as_posix()}"
    )


def _navigation(readme: str) -> str:
    """The list of pages that stands in the README, as Sphinx takes it."""
    documentation = readme.partition("\n## Documentation\n")[2].partition("\n## ")[0]
    groups = []
    for group in _GROUP.finditer(documentation):
        pages = [Path(_target(ROOT, link)).stem for link, _ in _LINK.findall(group[0])]
        listed = "\n".join(pages)
        groups.append(f"\n```{{toctree}}\n:hidden:\n:caption: {group[1]}\n\n{listed}\n```\n")
    return "".join(groups)


def setup(app: Sphinx) -> None:
    """Tell Sphinx who gives pages their text."""
    app.connect("source-read", _page)
