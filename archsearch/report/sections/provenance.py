"""How it was run: by what command, when, where, on which pictures."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from archsearch.printable import count
from archsearch.records import Environment, RunResult, SeedRecord, StudyRecord, pictures_damaged
from archsearch.report.path_redaction import short_path
from archsearch.report.sections.blocks import Block, Code, Facts, ReportWarning, Section
from archsearch.report.sections.timeline import timeline
from archsearch.report.statistics.sample import Sample
from archsearch.report.subject import Subject

__all__ = ["environment_facts", "facts_line", "search_method", "section", "trained_on"]

_LOOKS = 5
"""How many runs' pictures are tried before they are called out of reach."""
_REASONS = 3
"""How many reasons for torch are named."""
_EARLIER = "a version without another engine"
_PNG = b"\x89PNG"


def search_method(study: StudyRecord) -> str:
    """The name of the search method, as the study file gives it."""
    search = study.settings.get("search")
    return str(search.get("method", "unknown")) if isinstance(search, dict) else "unknown"


def facts_line(study: StudyRecord, sample: Sample) -> str:
    """One line: architectures × seeds, pictures, epochs, when, how long."""
    n = len(sample.architectures())
    parts = [f"{count(n, 'architecture')} × {count(len(sample.seeds), 'seed')}" if n else ""]
    parts += trained_on(study)
    parts += [_when(study), _duration(study.seconds) if study.seconds else ""]
    return " · ".join(part for part in parts if part)


def trained_on(study: StudyRecord) -> list[str]:
    """How many pictures and how many epochs, for a line of facts; nothing without a result."""
    results = study.results
    if not results:
        return []
    pictures = sum(results[0].splits.values())
    epochs = sorted({result.epochs for result in results})
    least = f"{epochs[0]} to " if len(epochs) > 1 else ""
    return [f"{pictures:,} pictures ({_source(study)})", f"{least}{count(epochs[-1], 'epoch')}"]


def section(subject: Subject, sample: Sample) -> Section:
    """Facts for those who repeat it, when what was trained, and the settings."""
    study = subject.study
    settings = json.dumps(study.settings, indent=2, ensure_ascii=False)
    title = "The study file, after validation" if subject.kind == "study" else "The settings"
    drawing = timeline(study)
    blocks: list[Block] = [Facts(tuple(_facts(study, sample)))]
    blocks += [drawing] if drawing else []
    blocks.append(Code(title, settings))
    return Section("run", "How it was run", tuple(blocks), tuple(_warnings(subject)))


def _facts(study: StudyRecord, sample: Sample) -> list[tuple[str, str]]:
    results = study.results
    facts = {
        "command": study.command,
        "when": _when(study),
        "wall-clock": _duration(study.seconds) if study.seconds else "",
        "planned": f"{study.planned:,}",
        "space": study.space_hash,
        "seeds in the numbers": ", ".join(map(str, sample.seeds)),
        "pictures": _pictures(study, results),
        "notes on pictures": study.source_note,
        **dict(environment_facts(results)),
    }
    return [(term, text) for term, text in facts.items() if text]


def environment_facts(results: Sequence[RunResult]) -> Iterator[tuple[str, str]]:
    """On which data and what machine runs were trained; what differs between them stands listed."""
    told = {
        "data fingerprint": [result.data_fingerprint for result in results],
        "machine": [result.environment.machine for result in results],
        "device": [result.environment.device for result in results],
        "threads a run": [str(result.environment.threads) for result in results],
        "versions": [_versions(result) for result in results],
    }
    if any(result.environment.engine != "torch" for result in results):
        told["engine"] = [_engine(result.environment) for result in results]
    return ((term, "; ".join(dict.fromkeys(texts))) for term, texts in told.items())


def _engine(environment: Environment) -> str:
    reason = environment.engine_reason
    return environment.engine + (f", because {reason}" if reason else "")


def _warnings(subject: Subject) -> Iterator[ReportWarning]:
    """What is odd about the pictures, and about who trained."""
    study = subject.study
    yield from _mixed_engines(study)
    if "JPEG" in study.source_note:
        yield ReportWarning("jpeg-pictures", f"About the pictures: {study.source_note}.")
    prints = {result.data_fingerprint for result in study.results}
    if len(prints) > 1:
        yield ReportWarning("mixed-data", f"Runs saw {len(prints)} different data sets.")
    kept = [seed for trial in study.trials for seed in trial.seeds if seed.pictures]
    damaged = sum(pictures_damaged(study, seed) for seed in kept)
    place = short_path(study.artifacts or "their folders")
    if damaged:
        yield ReportWarning(
            "pictures-damaged",
            f"Reconstructions of {count(damaged, 'run')} in {place} aren’t what was stored there, "
            "and are left out.",
        )
    elif kept and not any(_reachable(subject, seed) for seed in kept[:_LOOKS]):
        yield ReportWarning(
            "pictures-out-of-reach",
            f"Reconstructions were kept in {place}, which can’t be read from here.",
        )


def _mixed_engines(study: StudyRecord) -> Iterator[ReportWarning]:
    """Say it where some runs were trained by torch, and some by the native engine."""
    ran = [result.environment for result in study.results]
    by_torch = [each for each in ran if each.engine == "torch"]
    if len(by_torch) in {0, len(ran)}:
        return
    reasons = Counter(each.engine_reason or _EARLIER for each in by_torch).most_common()
    named = [f"{reason} ({number})" for reason, number in reasons[:_REASONS]]
    named += [count(len(reasons) - _REASONS, "other reason")] if len(reasons) > _REASONS else []
    engines = [{result.environment.engine for result in trial.results} for trial in study.trials]
    both = sum(len(each) > 1 for each in engines)
    more = f" {count(both, 'architecture')} {'has' if both == 1 else 'have'} runs by both."
    yield ReportWarning(
        "mixed-engines",
        f"{count(len(by_torch), 'run')} of {len(ran):,} {'was' if len(by_torch) == 1 else 'were'} "
        f"trained by torch, the others by the native engine: {'; '.join(named)}. The two round "
        f"differently, so equal seeds give other numbers.{more if both else ''}",
    )


def _reachable(subject: Subject, seed: SeedRecord) -> bool:
    stored = subject.pictures(seed)
    return stored is not None and stored.startswith(_PNG)


def _when(study: StudyRecord) -> str:
    """From the first run's start to the last one's end, by the clock of Greenwich."""
    ended = [
        (_started(seed, seed.ended), seed.ended)
        for trial in study.trials
        for seed in trial.seeds
        if seed.ended is not None
    ]
    if not ended:
        return ""
    moments = (min(start for start, _ in ended), max(end for _, end in ended))
    first, last = (datetime.fromtimestamp(moment, UTC) for moment in moments)
    until = f"{last:%H:%M}" if first.date() == last.date() else f"{last:%Y-%m-%d %H:%M}"
    return f"{first:%Y-%m-%d %H:%M} to {until} UTC"


def _started(seed: SeedRecord, ended: float) -> float:
    return ended - (seed.result.seconds if seed.result else 0)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def _source(study: StudyRecord) -> str:
    data = study.settings.get("data")
    return str(data.get("source", "")) if isinstance(data, dict) else ""


def _pictures(study: StudyRecord, results: list[RunResult]) -> str:
    if not results:
        return _source(study)
    splits = results[0].splits
    return f"{_source(study)}: " + ", ".join(f"{n:,} {name}" for name, n in splits.items())


def _versions(result: RunResult) -> str:
    return ", ".join(f"{name} {number}" for name, number in result.environment.versions.items())
