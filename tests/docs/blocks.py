"""What the pages give to type: their blocks of commands and of Python, and commands in prose."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["LANGUAGES", "PAGES", "ROOT", "Block", "blocks", "commands", "spans"]

ROOT = Path(__file__).parents[2]
PAGES = [
    page
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/*.md")))
    if "```" in page.read_text(encoding="utf-8")
]

LANGUAGES = {"bash", "console", "python", "sh", "text", "toml", "yaml", "{eval-rst}"}
"""A block of another language, or of none, could hide commands."""

_BLOCK = re.compile(
    r"^(?:<!-- not run: (?P<reason>[^\n]+) -->\n)?"
    r"```(?P<language>[^\n]*)\n(?P<text>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True)
class Block:
    """A block of a page.

    Attributes:
        language: as the page writes it.
        text: what stands between the fences.
        reason: why it can't be run here; "" where it can.
    """

    language: str
    text: str
    reason: str

    @property
    def shell(self) -> str:
        """The commands of it, if they are a shell's; what a program prints is left out."""
        if self.language == "text":
            return "".join(re.findall(r"^  Example: (.*\n)", self.text, re.MULTILINE))
        if self.language == "console":
            return "".join(re.findall(r"^\$ (.*\n)", self.text, re.MULTILINE))
        return self.text if self.language in ("sh", "bash") else ""

    @property
    def runs(self) -> bool:
        """Whether it is commands or Python, and can be run here."""
        runs = self.language == "python" or (self.language != "text" and bool(self.shell))
        return runs and not self.reason

    @property
    def file(self) -> str:
        """The path of the file that it is to be saved as, if it begins with one."""
        named = re.match(r"# ([\w/-]+\.(?:yaml|toml|py))\n", self.text)
        return named[1] if named else ""


def blocks(page: Path) -> list[Block]:
    """All blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    return [Block(m["language"], m["text"], m["reason"] or "") for m in _BLOCK.finditer(text)]


def commands(shell: str) -> Iterator[list[str]]:
    """The words of each call of archsearch in a script."""
    filled = re.sub(r"\$\{?[A-Z_]+\}?", "1", shell.replace("\\\n", " "))
    for line in filled.splitlines():
        words = shlex.shlex(line, posix=True, punctuation_chars="|&;<>")
        words.whitespace_split = True
        call: list[str] = []
        for word in [*words, ";"]:
            if set(word) <= set("|&;<>"):
                if call[:1] == ["archsearch"]:
                    yield call[1:]
                call = []
            elif word != "exec":
                call.append(word)


def spans(page: Path) -> list[str]:
    """Each call of archsearch that stands in a sentence, as written."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.S | re.M)
    return re.findall(r"`archsearch ([^`]+)`", text.replace("\n", " "))
