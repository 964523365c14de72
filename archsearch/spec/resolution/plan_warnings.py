"""Warnings of a whole plan: a latent that can't be what its size says, and a ReLU as the output."""

from __future__ import annotations

from collections.abc import Sequence

from archsearch.spec.plan.model import ModelPlan
from archsearch.spec.resolution.diagnostics import DiagnosticCollector
from archsearch.spec.resolution.flat_layer import FlatLayer

__all__ = ["warn_about_plan"]


def warn_about_plan(
    plan: ModelPlan, layers: Sequence[FlatLayer], diagnostics: DiagnosticCollector
) -> None:
    """Warn of what a plan can be trained with, but that is seldom meant.

    A narrower place of the net, or the picture itself, bounds what the latent holds; or the
    output is a ReLU's.

    Args:
        plan: a whole model.
        layers: its layers as the file has them.
        diagnostics: where problems go.
    """
    if plan.latent_exceeds_picture:
        _larger_than_picture(plan, layers[len(plan.encoder) - 1], diagnostics)
    least = min([layer.output.elements for layer in plan.layers])
    if least < plan.latent.size and plan.bottleneck_before_latent:  # no cut is under its tensors
        _narrower_elsewhere(plan, layers[abs(plan.bottleneck.tensors[0]) - 1], diagnostics)
    if plan.output_activation == "relu":
        _relu_at_the_end(layers[-1], diagnostics)


def _larger_than_picture(
    plan: ModelPlan, code: FlatLayer, diagnostics: DiagnosticCollector
) -> None:
    latent, picture = plan.latent, plan.input
    diagnostics.problem(
        "latent-exceeds-picture",
        code.span,
        f"the latent is larger than the picture: {latent.size:,} numbers, {latent.relative_size}",
        label=f"it is {plan.encoder[-1].output}, and the picture is {picture}",
        help="shrink the picture more, or give the latent fewer channels; "
        "if this is intended, write `allow: [latent-exceeds-picture]`",
        severity="warning",
    )


def _narrower_elsewhere(
    plan: ModelPlan, narrow: FlatLayer, diagnostics: DiagnosticCollector
) -> None:
    bottleneck = plan.bottleneck
    cut = bottleneck.tensors
    shapes = " and ".join(f"`{plan.tensor_name(one)}` gives {plan.tensor(one)}" for one in cut)
    through = "this layer" if len(cut) == 1 else f"these {len(cut)} layers"
    diagnostics.problem(
        "bottleneck-before-latent",
        narrow.span,
        f"the latent has {plan.latent.size:,} numbers, "
        f"but only {bottleneck.size:,} pass through {through}",
        label=shapes,
        help="make the net wider here or the latent smaller; "
        "if this is intended, write `allow: [bottleneck-before-latent]`",
        severity="warning",
    )


def _relu_at_the_end(last: FlatLayer, diagnostics: DiagnosticCollector) -> None:
    written = last.fields.get("activation")
    mirrored = last.path == "decoder.mirror"
    mend = "{mirror: encoder, last: {activation: sigmoid}}" if mirrored else "activation: sigmoid"
    diagnostics.problem(
        "relu-output",
        last.span if written is None else written.span,
        "the output goes through a ReLU: where it is cut off at 0, it learns nothing",
        help=f"write `{mend}`, or `none` in place of sigmoid; "
        "if this is intended, write `allow: [relu-output]`",
        severity="warning",
    )
