"""Diagnostics as SARIF, which code hosts and editors show beside the lines.

Source: SARIF 2.1.0 (OASIS standard), ``sarifLog`` with one run. A file's path is relative to
where the command ran, as hosts expect it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from archsearch.printable import printable_json
from archsearch.spec.codes import CATALOGUE
from archsearch.spec.text.diagnostic import Diagnostic

__all__ = ["sarif"]

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(diagnostics: Sequence[Diagnostic]) -> str:
    """One SARIF log: the rules that were broken, and where."""
    codes = list(dict.fromkeys(item.code for item in diagnostics))
    run = {
        "tool": {"driver": {"name": "archsearch", "rules": [_rule(code) for code in codes]}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(item, codes.index(item.code)) for item in diagnostics],
    }
    return printable_json({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}) + "\n"


def _rule(code: str) -> dict[str, object]:
    explained = CATALOGUE.get(code)
    if explained is None:  # an extension's own
        return {"id": code}
    return {
        "id": code,
        "shortDescription": {"text": explained.title},
        "help": {"text": explained.why},
        "defaultConfiguration": {"level": explained.severity},
    }


def _result(item: Diagnostic, rule: int) -> dict[str, object]:
    sentences = (item.message, item.label, f"help: {item.help}" if item.help else "")
    place: dict[str, object] = {"artifactLocation": {"uri": _uri(item.file)}}
    if item.span is not None:
        place["region"] = {
            "startLine": item.line,
            "startColumn": item.column,
            "endLine": item.line,
            "endColumn": item.end_column,
        }
    return {
        "ruleId": item.code,
        "ruleIndex": rule,
        "level": item.severity,
        "message": {"text": "\n".join(sentence for sentence in sentences if sentence)},
        "locations": [{"physicalLocation": place}],
    }


def _uri(file: str) -> str:
    path = Path(file)
    if path.is_absolute():
        return path.as_uri()
    return quote(path.as_posix(), errors="surrogateescape")
