"""Which of the two kinds of file one is, told by its keys."""

from __future__ import annotations

from archsearch.spec.text.nodes import MapNode

__all__ = ["is_study"]


def is_study(root: MapNode) -> bool:
    """Whether a file's keys are a study's rather than a spec's."""
    keys = {entry.key for entry in root}
    return bool(keys & {"space", "search", "model", "objectives"}) and not keys & {
        "encoder",
        "decoder",
        "input",
    }
