"""The correlation and the slope after every epoch, and their JSON."""

from __future__ import annotations

import numpy as np

from archsearch.records import StudyRecord
from archsearch.report.sections.estimates import estimate_json
from archsearch.report.statistics.epochs import AtEpoch, error_table, over_epochs
from archsearch.report.statistics.sample import Sample

__all__ = ["compute", "to_json"]


def compute(study: StudyRecord, sample: Sample, *, seed: int = 0) -> tuple[AtEpoch, ...]:
    """The correlation and the slope after every epoch, over the sample's architectures."""
    latent = sample.architectures()["latent_size"].to_numpy(dtype=np.float64)
    return over_epochs(latent, *error_table(study, sample), seed=seed)


def to_json(found: tuple[AtEpoch, ...]) -> list[dict[str, object]]:
    """For the details of ``summary.json``."""
    return [
        {
            "epoch": at.epoch,
            "spearman": estimate_json(at.spearman),
            "slope_loglog": estimate_json(at.slope),
            "agreement_with_last": at.agreement,
        }
        for at in found
    ]
