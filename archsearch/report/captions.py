"""The caption of each figure."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["CAPTIONS", "Caption"]


class Caption(NamedTuple):
    """A figure's title and how to read it."""

    title: str
    text: str


CAPTIONS = {
    "latent": Caption(
        "Error against latent size",
        "One point for each trial, the mean over its seeds; bars span the seeds. If a point lies "
        "above the linear code or map of its own size, the code is better. Curves that lie far "
        "below all trials are cut off. The step line is the Pareto front of latent size and error: "
        "no trial has both a smaller latent and a lower error. Point at a trial on the screen to "
        "see its architecture.",
    ),
    "front": Caption(
        "The study’s objectives",
        "One point for each complete trial, scores as the mean over its seeds. No trial beats one "
        "of the Pareto front in all objectives at once; with more than two, a point of the front "
        "may lie behind others in a panel that shows two of them.",
    ),
    "rivals": Caption(
        "Latent size and its rivals",
        "How strongly each correlates with validation error, by four measures. Where an interval "
        "contains 0, neither a correlation nor its absence is shown.",
    ),
    "map": Caption(
        "Correlation map",
        "Spearman’s ρ between error, sizes and numeric choices, over architectures. If two of them "
        "correlate strongly, their effects can’t be separated.",
    ),
    "effects": Caption(
        "Effect of each choice",
        "How much a choice changes the error: with the other choices held equal (additive model of "
        "log MSE), and alone. Bars are 95 % intervals without correction; the text says which "
        "effects are shown after correction for all comparisons.",
    ),
    "factors": Caption(
        "Each searched choice",
        "A point for each trial; diamonds are geometric means with Student’s 95 % interval, from "
        "four trials on. The other choices vary too, so a difference here isn’t yet an effect.",
    ),
    "importances": Caption(
        "Importance of each choice",
        "The share of the error’s variance that each explains, by the evaluator named above. A "
        "choice that doesn’t reach the line of a random column isn’t shown to matter.",
    ),
    "stability": Caption(
        "Is the answer stable?",
        "The correlation of latent size with validation error, and the slope on log–log axes, as "
        "they would have been reported after each epoch; bands are 95 % intervals.",
    ),
    "learning": Caption(
        "Learning curves",
        "Validation error after each epoch, a line for each trial, the mean over its seeds. "
        "Where lines still fall, longer training could change the order.",
    ),
    "reconstructions": Caption(
        "Reconstructions",
        "The same test pictures, reconstructed by the runs with the lowest, the median and the "
        "highest validation error; each number is the error of that run.",
    ),
    "sizes": Caption(
        "Reconstructions across latent sizes",
        "The same test pictures from the smallest to the largest latent, each by the run with the "
        "lowest validation error of its size.",
    ),
    "timeline": Caption(
        "Timeline",
        "Above, the error of each run at its end; below, which runs were active at the same time.",
    ),
    "compared": Caption(
        "The studies together",
        "One point for each architecture, the mean over its seeds; a line for each study is its "
        "log–log fit.",
    ),
    "correlations": Caption(
        "Their correlations",
        "Spearman’s ρ of latent size with validation error in each study, with 95 % intervals.",
    ),
    "colors": Caption(
        "Gray, predicted, true",
        "For each task, the variant with the lowest validation error, and its test pictures with "
        "the smallest, middle and largest ΔE, in order of ΔE.",
    ),
    "colors-fixed": Caption(
        "The same pictures by each variant",
        "The first test pictures: the inputs, the originals, and the output of each variant, in "
        "order of validation error.",
    ),
    "chroma": Caption(
        "Chroma, predicted against true",
        "How often each pair of Cb and Cr occurs over all test pixels, on one log scale; gray is "
        "where the lines cross. A prediction that is spread less than the truth lacks colors.",
    ),
    "saturation": Caption(
        "Distance from gray, predicted against true",
        "A curve that falls before the true one has too few strong colors. From the line at 0.1 "
        "on, a pixel is clearly colored.",
    ),
    "runs": Caption(
        "Error over epochs",
        "Validation error after each epoch, a line for each run; triangles at the right are the "
        "test errors at the end.",
    ),
}
