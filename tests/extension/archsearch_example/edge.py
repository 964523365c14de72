"""A metric: how well edges are kept."""

from __future__ import annotations

from archsearch.config import MetricKind

__all__ = ["EDGE"]

EDGE = MetricKind(
    name="edge",
    label="edge error",
    unit="",
    direction="minimize",
    function="archsearch_example.tensors:edge_errors",
    typical=0.01,
)
