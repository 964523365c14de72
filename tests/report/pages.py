"""What a page asks a browser to do, and a study whose every text is hostile."""

from __future__ import annotations

from html.parser import HTMLParser

from archsearch.records import StudyRecord
from tests.synthetic import StudyRecipe, synthetic_study

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)> $\\frac$ -->]]>'


class Outline(HTMLParser):
    """Collects what a page asks a browser to do."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def values(self, name: str) -> list[str]:
        return [attributes[name] or "" for _, attributes in self.tags if name in attributes]


def hostile_study() -> StudyRecord:
    recipe = StudyRecipe(
        name=HOSTILE, description=HOSTILE, choice=HOSTILE, complete=6, failed=1, extra={}
    )
    study = synthetic_study(recipe)
    trials = tuple(
        trial.model_copy(
            update={
                "values": {HOSTILE: HOSTILE, **trial.values},
                "plan": trial.plan.model_copy(update={"spec": HOSTILE, "name": HOSTILE}),
                "reason": HOSTILE,
            }
        )
        for trial in study.trials
    )
    return study.model_copy(
        update={"trials": trials, "command": HOSTILE, "source_note": HOSTILE, "space_hash": HOSTILE}
    )
