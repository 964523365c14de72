"""What a page asks a browser to do, and a study whose every text is hostile."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from archsearch.records import SeedRecord, StudyRecord, TrialRecord
from archsearch.report.findings import find
from archsearch.report.pages import page
from archsearch.report.pages.page import Page
from archsearch.report.pages.study import page_of
from archsearch.report.subject import of_study
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


def page_made(study: StudyRecord) -> Page:
    """The page of a study, as data: nothing is drawn or written."""
    return page_of(find(of_study(study)))


def warnings_of(study: StudyRecord) -> dict[str, str]:
    """What the page warns of: messages by code."""
    sections = page_made(study).sections
    return {warning.code: warning.message for each in sections for warning in each.warnings}


def only_the_chart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw the main figure alone: to write a page takes a tenth of the time then."""
    every = page._drawings
    monkeypatch.setattr(
        page, "_drawings", lambda made: (each for each in every(made) if each.name == "latent")
    )


def hostile_study() -> StudyRecord:
    """A study with :data:`HOSTILE` wherever a user, a machine or a file gives a text."""
    recipe = StudyRecipe(
        name=HOSTILE, description=HOSTILE, choice=HOSTILE, complete=6, failed=1, extra={}
    )
    study = synthetic_study(recipe)
    settings = study.settings | {
        "model": f"{HOSTILE}.yaml",
        "data": {"source": f"folder:/{HOSTILE}/{HOSTILE}"},
        "search": {"method": HOSTILE},
        "space": {HOSTILE: {"choices": [HOSTILE]}},
    }
    return study.model_copy(
        update={
            "trials": tuple(map(_hostile_trial, study.trials)),
            "settings": settings,
            "command": HOSTILE,
            "source_note": f"JPEG {HOSTILE}",
            "model_text": f"# {HOSTILE}\n",
            "space_hash": HOSTILE,
            "artifacts": f"/{HOSTILE}/{HOSTILE}",
        }
    )


def _hostile_trial(trial: TrialRecord) -> TrialRecord:
    layers = tuple(
        layer.model_copy(update=dict.fromkeys(("section", "path", "kind", "formula"), HOSTILE))
        for layer in trial.plan.layers
    )
    spec = f"# {HOSTILE}\nname: {HOSTILE}\n"
    plan = trial.plan.model_copy(update={"spec": spec, "name": HOSTILE, "layers": layers})
    return trial.model_copy(
        update={
            "values": {HOSTILE: HOSTILE, **trial.values},
            "plan": plan,
            "reason": HOSTILE,
            "seeds": tuple(map(_hostile_seed, trial.seeds)),
        }
    )


def _hostile_seed(seed: SeedRecord) -> SeedRecord:
    if seed.result is None:
        return seed.model_copy(update={"reason": HOSTILE})
    environment = seed.result.environment.model_copy(
        update={"machine": HOSTILE, "device": HOSTILE, "versions": {HOSTILE: HOSTILE}}
    )
    told = {"environment": environment, "data_fingerprint": HOSTILE, "task": HOSTILE}
    result = seed.result.model_copy(update=told)
    return seed.model_copy(update={"result": result, "pictures": HOSTILE})
