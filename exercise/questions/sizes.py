"""The size of every representation, by formula."""

from __future__ import annotations

from pathlib import Path

from archsearch import load
from archsearch.spec import LayerPlan, ModelPlan
from exercise.markdown import table

SPEC = Path(__file__).parents[2] / "specs/acml-nine-layer.yaml"
HEAD = ("layer", "((W − K + 2P)/S + 1)² · channels", "channels × height × width")


def answer(reports: Path) -> list[str]:
    """The layers of the nine-layer net with the formula filled in; nothing is trained for it."""
    del reports
    plan = load(SPEC).plan()
    size, pixels = plan.latent.size, plan.input.elements
    told = (
        f"The latent has {size:,} numbers, 1/{pixels / size:.0f} of the picture's {pixels:,}. "
        f"Only {plan.bottleneck.size} numbers feed it, so it holds no more than those."
    )
    formula = (
        "W is the width of what a layer reads, K its kernel, P its padding and S its stride; "
        "upsampling by 2 doubles the width."
    )
    return [told, formula, "", *table(HEAD, [_row(plan, layer) for layer in plan.layers])]


def _row(plan: ModelPlan, layer: LayerPlan) -> list[str]:
    out = layer.output
    shape = f"{out.channels}×{out.height}×{out.width}"
    latent = ", **the latent**" if layer.index == len(plan.encoder) else ""
    return [layer.kind, layer.formula, shape + latent]
