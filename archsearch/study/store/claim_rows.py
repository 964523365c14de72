"""The claims that a new study starts with."""

from __future__ import annotations

from archsearch.study.store.schema import OPEN, SETUP_INDEX

__all__ = ["claim_rows"]


def claim_rows(
    study_id: int, count: int, seeds: int, *, designed: bool
) -> list[dict[str, int | str]]:
    """The rows of a new study: its setup, then every (trial, seed) in the order of claims.

    A design goes seed-major (all candidates with the first seed, then the
    next), so a study stopped early is balanced; an adaptive method trial-major.
    """
    rows: list[dict[str, int | str]] = [
        {"study_id": study_id, "trial_index": SETUP_INDEX, "seed": 0, "position": -1, "state": OPEN}
    ]
    for index in range(count):
        for seed in range(seeds):
            position = seed * count + index if designed else index * seeds + seed
            rows.append(
                {
                    "study_id": study_id,
                    "trial_index": index,
                    "seed": seed,
                    "position": position,
                    "state": OPEN,
                }
            )
    return rows
