"""What is measured once for a study's pictures, kept on Optuna's study."""

from __future__ import annotations

import socket
from pathlib import Path

from pydantic import TypeAdapter

from archsearch.errors import InputError
from archsearch.records import Baselines
from archsearch.records.layout import (
    HEADER,
    StudyHeader,
    curves_attributes,
    read_header,
    study_attributes,
)
from archsearch.records.reading import read_checked
from archsearch.study.events import Say, StudyEvent
from archsearch.study.search.pruning import pruner_options
from archsearch.study.search.samplers import sampler_options
from archsearch.study.store.artifacts import leave_probe
from archsearch.study.store.identity import plain, space_hash
from archsearch.study.store.opened import OpenStudy
from archsearch.study.store.stored import BASE
from archsearch.study.training.trainer import Trainer

__all__ = ["check_pictures", "describe", "stored_baselines"]

BASELINES = "archsearch:baselines"
SAMPLER = "archsearch:sampler"
PRUNER = "archsearch:pruner"

_BASELINES = TypeAdapter(dict[str, Baselines])


def describe(
    study: OpenStudy,
    trainer: Trainer,
    same: dict[str, object],
    command: str,
    say: Say,
    *,
    base: Path,
) -> None:
    """Prepare the pictures and write the study's header, if no one has yet.

    The header is written last: while it is missing, this is done again.

    Args:
        study: the open study.
        trainer: prepares the pictures.
        same: the study's identity.
        command: the command line that made it.
        say: takes progress.
        base: the folder that relative paths start from.

    Raises:
        InputError: where the pictures or settings can't be used.
    """
    if HEADER in study.storage.get_study_user_attrs(study.study_id):
        return
    say(StudyEvent("preparing", f"pictures of {study.settings.data.source}"))
    plans = list(study.plans()) or [study.any_plan()]
    prepared = trainer.prepare(study.space.settings, plans)
    header = StudyHeader(
        settings=plain(study.settings),
        designed=study.designed,
        space_hash=space_hash(same),
        slots=len(study.planned_trials()),
        command=command,
        artifacts=str(study.artifacts),
        source_note=prepared.source_note,
        data_fingerprint=prepared.fingerprint,
        model_text=str(same["model"]),
    )
    attributes: dict[str, object] = {
        **curves_attributes(prepared.curves),
        BASELINES: _BASELINES.dump_json(dict(prepared.baselines)).decode(),
        BASE: str(base),
        SAMPLER: sampler_options(study.settings.search, len(study.space.domains)),
        PRUNER: pruner_options(study.settings),
        **study_attributes(header),
    }
    leave_probe(study)
    study.set_attributes(attributes)


def check_pictures(study: OpenStudy, found: str) -> None:
    """Compare the pictures that a worker sees with those that the study was made with.

    Args:
        study: the open study.
        found: the fingerprint of the worker's own; "" where it has none.

    Raises:
        InputError: they differ, so that errors on them can't be compared.
    """
    header = study.storage.get_study_user_attrs(study.study_id).get(HEADER)
    wanted = "" if header is None else read_header({HEADER: header}).data_fingerprint
    if found and wanted and found != wanted:
        raise InputError(
            f"the pictures of {study.settings.data.source} on {socket.gethostname()} are not "
            f"those that study {study.settings.name!r} was made with "
            f"(fingerprint {found} here, {wanted} there)",
            help="bring the same pictures here, e.g. by copying the cache folder that "
            "`archsearch data list` names, or run the study under another name",
        )


def stored_baselines(study: OpenStudy) -> dict[str, Baselines]:
    """The baselines of the design's latents, by ``code_key``.

    Raises:
        UnreadableError: what is stored of them is damaged.
    """
    stored = study.storage.get_study_user_attrs(study.study_id).get(BASELINES)
    if not isinstance(stored, str):
        return {}
    return read_checked("the study's baselines", lambda: _BASELINES.validate_json(stored))
