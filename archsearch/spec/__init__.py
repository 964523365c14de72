"""The spec language: YAML text → ``ModelPlan``, or diagnostics.

Torch-free. ``read_spec`` parses a file once into a ``Family``; ``resolve``
turns it into a concrete plan for a task and a choice of values.
"""

from archsearch.spec.codes import CATALOGUE, WARNINGS, Explanation
from archsearch.spec.expressions.expression import (
    Expression,
    ExpressionError,
    ExpressionValue,
    parse_expression,
)
from archsearch.spec.kinds import JOINS, KINDS, Kind
from archsearch.spec.kinds.fields import Field, Flag, PerAxis, Probability, Raw, Whole, Word
from archsearch.spec.kinds.rule import Op, Problem, ShapeResult, Values
from archsearch.spec.plan.bottleneck import Bottleneck
from archsearch.spec.plan.model import Latent, LayerPlan, ModelPlan
from archsearch.spec.plan.trunk import trunk_key
from archsearch.spec.plan.write import to_yaml
from archsearch.spec.resolution.resolve import Resolution, TaskChannels, resolve
from archsearch.spec.shape import Pads, Pair, Shape
from archsearch.spec.syntax.parse_spec import parse_nodes, parse_spec, read_spec
from archsearch.spec.syntax.paths import PathError, Target, find_target
from archsearch.spec.syntax.tree import Family
from archsearch.spec.text.diagnostic import Diagnostic, DiagnosticsError, Severity, Span
from archsearch.spec.text.source import Source, read_source

__all__ = [
    "CATALOGUE",
    "JOINS",
    "KINDS",
    "WARNINGS",
    "Bottleneck",
    "Diagnostic",
    "DiagnosticsError",
    "Explanation",
    "Expression",
    "ExpressionError",
    "ExpressionValue",
    "Family",
    "Field",
    "Flag",
    "Kind",
    "Latent",
    "LayerPlan",
    "ModelPlan",
    "Op",
    "Pads",
    "Pair",
    "PathError",
    "PerAxis",
    "Probability",
    "Problem",
    "Raw",
    "Resolution",
    "Severity",
    "Shape",
    "ShapeResult",
    "Source",
    "Span",
    "Target",
    "TaskChannels",
    "Values",
    "Whole",
    "Word",
    "find_target",
    "parse_expression",
    "parse_nodes",
    "parse_spec",
    "read_source",
    "read_spec",
    "resolve",
    "to_yaml",
    "trunk_key",
]
