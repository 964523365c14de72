"""The size of every representation, by formula."""

from __future__ import annotations

from pathlib import Path

from archsearch import load

SPEC = Path(__file__).parents[2] / "specs/acml-nine-layer.yaml"


def answer(reports: Path) -> list[str]:
    """The layers of the nine-layer net with the formula filled in; nothing is trained for it."""
    del reports
    plan = load(SPEC).plan()
    lines = ["| layer | (W − K + 2P)/S + 1, squared, times channels | height × width × channels |"]
    lines += ["|---|---|---|"]
    for layer in plan.layers:
        out = layer.output
        latent = ", **the latent**" if layer.index == len(plan.encoder) else ""
        shape = f"{out.height}×{out.width}×{out.channels}"
        lines.append(f"| {layer.kind} | {layer.formula} | {shape}{latent} |")
    size, compression = plan.latent.size, plan.input.elements / plan.latent.size
    told = (
        f"The latent has {size:,} numbers, 1/{compression:.0f} of the picture's "
        f"{plan.input.elements:,}. Before it stand {plan.bottleneck.size} numbers, so it holds no "
        f"more than those."
    )
    return [told, "", *lines]
