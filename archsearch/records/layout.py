"""Where a study's records are in an Optuna storage.

One Optuna study for each study name, one Optuna trial for each planned trial (and
one for each infeasible proposal). Records are kept as JSON text in user
attributes:

========  =========================  ===============================================================
of        attribute                  holds
========  =========================  ===============================================================
study     ``archsearch``             :class:`StudyHeader`
study     ``archsearch:curves``      :class:`~archsearch.records.curves.Curves`
study     ``archsearch:seconds``     wall-clock seconds so far, summed over resumptions
study     ``archsearch:extensions``  who declared what archsearch hasn't; absent where none is used
study     ``archsearch:note``        why it has fewer trials than it was asked for, or ""
trial     ``slot``                   index of the planned trial, absent for infeasible proposals
trial     ``values``                 searched name → value
trial     ``plan``                   :class:`~archsearch.records.plans.PlanRecord`
trial     ``seed:0`` …               :class:`~archsearch.records.studies.SeedRecord`
trial     ``reason``                 why it was pruned, failed or is infeasible
trial     ``infeasible``             true where the values break a rule or constraint
trial     ``duplicate_of``           number of the trial whose results it shares
trial     ``claim``                  :class:`Claim` while a process works on a seed
trial     ``latent_size`` …          numbers of its plan: :data:`FLAT`, for other programs
trial     ``val_mse`` …             means of its scores over its seeds, for other programs
========  =========================  ===============================================================

The functions here make and read these attributes as plain dictionaries, so
they work with ``Trial.set_user_attr``, ``create_trial(user_attrs=…)`` and
``storage.set_trial_user_attr`` alike, and import no Optuna. Attributes that only a running
study reads, e.g. ``archsearch:baselines``, are declared beside the code that does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean

from pydantic import TypeAdapter

from archsearch.config.quantities import planned
from archsearch.records.curves import Curves
from archsearch.records.plans import PlanRecord
from archsearch.records.reading import read_checked, read_stored
from archsearch.records.record import Record
from archsearch.records.results import RunResult
from archsearch.records.studies import SeedRecord, TrialRecord, TrialState, Value
from archsearch.records.values import values_from_json, values_to_json

__all__ = [
    "CLAIM",
    "CURVES",
    "EXTENSIONS",
    "FLAT",
    "HEADER",
    "HEARTBEAT_TIMEOUT_SECONDS",
    "NOTE",
    "SECONDS",
    "SEED_PREFIX",
    "Claim",
    "StudyHeader",
    "candidate_attributes",
    "claim_attributes",
    "curves_attributes",
    "ended_attributes",
    "extensions_attributes",
    "index_attributes",
    "note_attributes",
    "read_claim",
    "read_curves",
    "read_extensions",
    "read_header",
    "read_seeds",
    "read_trial",
    "read_trial_index",
    "score_attributes",
    "seconds_attributes",
    "seed_attributes",
    "study_attributes",
]

VERSION = 1
"""Of how a study is stored; a change that older archsearch can't read raises it."""

HEADER = "archsearch"
CURVES = "archsearch:curves"
SECONDS = "archsearch:seconds"
NOTE = "archsearch:note"
EXTENSIONS = "archsearch:extensions"
CLAIM = "claim"
TRIAL_INDEX = "slot"
"""As the first version called it."""
SEED_PREFIX = "seed:"
FLAT = tuple(each.column for each in planned("exported"))
"""Columns of a plan that stand as plain numbers too: Optuna's users sort and plot by them."""

HEARTBEAT_TIMEOUT_SECONDS = 120.0
"""How long a claim lives without a heartbeat, where its process can't be seen."""

_EXTENSIONS = TypeAdapter(dict[str, str])


class StudyHeader(Record):
    """What is written once, when a study is made.

    ``artifacts`` is the folder of pictures, absolute or relative to the
    storage's own folder; ``source_note`` what must be known of the pictures
    (resized, JPEG); ``data_fingerprint`` tells them from others, ``model_text`` is the
    text of the model file, both "" in records of older versions; ``slots`` is how many trials
    are planned.
    """

    version: int = VERSION
    settings: dict[str, object]
    designed: bool
    space_hash: str
    slots: int
    command: str = ""
    artifacts: str | None = None
    source_note: str = ""
    data_fingerprint: str = ""
    model_text: str = ""


class Claim(Record):
    """Who works on a trial: ``beat`` is the last heartbeat, in Unix seconds."""

    host: str
    pid: int
    seed: int
    beat: float


def study_attributes(header: StudyHeader) -> dict[str, str]:
    """The study's attributes for ``header``."""
    return {HEADER: header.model_dump_json()}


def curves_attributes(curves: Curves) -> dict[str, str]:
    """The study's attributes for the linear codes of its pictures."""
    return {CURVES: curves.model_dump_json()}


def seconds_attributes(seconds: float) -> dict[str, float]:
    """The study's attributes for the wall-clock seconds it took so far."""
    return {SECONDS: seconds}


def note_attributes(note: str) -> dict[str, str]:
    """The study's attributes for why it has fewer trials than it was asked for, or ""."""
    return {NOTE: note}


def extensions_attributes(used: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The study's attributes for who declares its extensions; none where it uses none."""
    return {EXTENSIONS: dict(used)} if used else {}


def candidate_attributes(
    trial_index: int | None,
    values: Mapping[str, Value],
    plan: PlanRecord | None,
    *,
    duplicate_of: int | None = None,
) -> dict[str, object]:
    """A trial's attributes from its first moment; ``trial_index`` None for infeasible ones.

    Example:
        >>> candidate_attributes(3, {"width": 8, "kernel": (3, 5)}, None)
        {'slot': 3, 'values': '{"width":8,"kernel":[3,5]}'}
    """
    attributes: dict[str, object] = {} if trial_index is None else {TRIAL_INDEX: trial_index}
    attributes["values"] = values_to_json(values)
    if plan is not None:
        attributes["plan"] = plan.model_dump_json()
        flat = {name: getattr(plan, name) for name in FLAT}
        attributes |= {name: value for name, value in flat.items() if value is not None}
    if duplicate_of is not None:
        attributes["duplicate_of"] = duplicate_of
    return attributes


def index_attributes(trial_index: int) -> dict[str, int]:
    """A trial's attributes before it has a candidate."""
    return {TRIAL_INDEX: trial_index}


def seed_attributes(record: SeedRecord) -> dict[str, str]:
    """A trial's attributes for one ended seed."""
    return {f"{SEED_PREFIX}{record.seed}": record.model_dump_json()}


def claim_attributes(claim: Claim | None) -> dict[str, str]:
    """A trial's attributes while a process works on it; None once it let go."""
    return {CLAIM: "" if claim is None else claim.model_dump_json()}


def score_attributes(results: Sequence[RunResult]) -> dict[str, float]:
    """A complete trial's attributes of its errors, means over its seeds.

    Other scores are left out: each attribute takes the database milliseconds.
    """
    return {
        "val_mse": fmean(result.val.mse for result in results),
        "test_mse": fmean(result.test.mse for result in results),
    }


def ended_attributes(reason: str, *, infeasible: bool = False) -> dict[str, object]:
    """A trial's attributes when it ended without a result."""
    return {"reason": reason, "infeasible": True} if infeasible else {"reason": reason}


def read_header(attributes: Mapping[str, object], study: str = "the study") -> StudyHeader:
    """The header in a study's attributes; ``study`` is its name in messages.

    Raises:
        KeyError: archsearch wrote none.
        UnreadableError: it is damaged, or of a newer version.
    """
    return read_stored(StudyHeader, study, _text(attributes[HEADER]), newest=VERSION)


def read_extensions(attributes: Mapping[str, object]) -> dict[str, str]:
    """Who declared the study's extensions, e.g. ``{"sources.moons": "moons 1.0"}``.

    Raises:
        UnreadableError: what is stored of them is damaged.
    """
    stored = attributes.get(EXTENSIONS, {})
    return read_checked("its extensions", lambda: _EXTENSIONS.validate_python(stored))


def read_curves(attributes: Mapping[str, object]) -> Curves | None:
    """The linear codes in a study's attributes, or None.

    Raises:
        UnreadableError: they are damaged, or of a newer version.
    """
    stored = attributes.get(CURVES)
    return None if stored is None else read_stored(Curves, "the linear codes", _text(stored))


def read_trial_index(attributes: Mapping[str, object]) -> int | None:
    """Which planned trial it is; None for infeasible proposals and foreign trials."""
    index = attributes.get(TRIAL_INDEX)
    return index if isinstance(index, int) else None


def read_claim(attributes: Mapping[str, object]) -> Claim | None:
    """Who works on the trial, as far as its attributes tell.

    Raises:
        UnreadableError: the claim is damaged, or of a newer version.
    """
    stored = attributes.get(CLAIM)
    return read_stored(Claim, "its claim", _text(stored)) if stored else None


def read_seeds(attributes: Mapping[str, object]) -> tuple[SeedRecord, ...]:
    """The ended seeds of a trial, by rising seed.

    Raises:
        UnreadableError: one is damaged, or of a newer version.
    """
    names = (name for name in attributes if name.startswith(SEED_PREFIX))
    seeds = (read_stored(SeedRecord, f"its {name}", _text(attributes[name])) for name in names)
    return tuple(sorted(seeds, key=lambda seed: seed.seed))


def read_trial(number: int, state: TrialState, attributes: Mapping[str, object]) -> TrialRecord:
    """One trial; its value is the mean validation MSE over seeds once it is complete.

    Raises:
        UnreadableError: a part of it is damaged, or of a newer version.
    """
    plan = attributes.get("plan")
    seeds = read_seeds(attributes)
    # By name, so without a version: a searched name may be that word.
    stored = _text(attributes.get("values", "{}"))
    values = read_checked("its values", lambda: values_from_json(stored))
    duplicate_of = attributes.get("duplicate_of")
    return TrialRecord(
        number=number,
        state=state,
        reason=str(attributes.get("reason", "")),
        values=values,
        plan=None if plan is None else read_stored(PlanRecord, "its plan", _text(plan)),
        seeds=seeds,
        value=_mean(s.result.val.mse for s in seeds if s.result) if state == "complete" else None,
        duplicate_of=duplicate_of if isinstance(duplicate_of, int) else None,
    )


def _text(stored: object) -> str:
    return stored if isinstance(stored, str) else json.dumps(stored)


def _mean(errors: Iterable[float]) -> float | None:
    found = list(errors)
    return sum(found) / len(found) if found else None
