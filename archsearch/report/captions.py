"""What stands under each figure."""

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
        "One point for each trial, the mean over its seeds; bars span the seeds. A point "
        "above the linear code or map of its own size is beaten by it; where curves go on far "
        "below all trials, the figure is cut there. The step line is the Pareto front of these "
        "two alone: no trial has both a smaller latent and a lower error. On screen, a point under "
        "the pointer shows its architecture.",
    ),
    "front": Caption(
        "The study’s objectives",
        "One point for each complete trial, scores as the mean over its seeds. No trial beats one "
        "of the Pareto front in all objectives at once; with more than two, a point of the front "
        "may lie behind others in a panel that shows two of them.",
    ),
    "rivals": Caption(
        "Latent size and its rivals",
        "How strongly each goes with validation error, by four measures. Where an interval holds "
        "0, neither a correlation nor its absence is shown.",
    ),
    "map": Caption(
        "Correlation map",
        "Spearman’s ρ between error, sizes and numeric choices, over architectures. Two that go "
        "together here can’t be told apart in their effect.",
    ),
    "effects": Caption(
        "Effect of each choice",
        "How much a choice changes the error: with the other choices held equal (additive model of "
        "log MSE), and alone. Bars are 95 % intervals, each of one look "
        "alone; the text says which effects are shown once corrected for all that was looked at.",
    ),
    "factors": Caption(
        "Each searched choice",
        "A point for each trial; diamonds are geometric means with Student’s 95 % interval, from "
        "four trials on. The other choices vary too, so a difference here isn’t yet an effect.",
    ),
    "importances": Caption(
        "Importance of each choice",
        "The share of the error’s variance that each explains, by the evaluator named above it. "
        "What doesn’t reach the line of a column of noise isn’t shown to matter.",
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
        "The same test pictures, and what the run with the lowest, the median and the highest "
        "validation error makes of them; the number is that run’s own.",
    ),
    "sizes": Caption(
        "Reconstructions across latent sizes",
        "The same test pictures from the smallest to the largest latent, each by the run with the "
        "lowest validation error of its size.",
    ),
    "timeline": Caption(
        "Timeline",
        "Above, the error of each run when it ended; below, which runs went on at once.",
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
        "Of each task the variant with the lowest validation error, and the test pictures with its "
        "own least, middling and largest ΔE, by rising ΔE.",
    ),
    "colors-fixed": Caption(
        "The same pictures by each variant",
        "The first of the test split: what nets are fed, the originals, and what each variant "
        "makes of them, the lowest validation error first.",
    ),
    "chroma": Caption(
        "Chroma, predicted against true",
        "How often each pair of Cb and Cr occurs over all test pixels, on one log scale; gray is "
        "where the lines cross. What is spread less than the truth lacks those colors.",
    ),
    "saturation": Caption(
        "Distance from gray, predicted against true",
        "A curve that falls before the true one has too few strong colors; the line at 0.1 is from "
        "where a pixel is plainly colored.",
    ),
    "runs": Caption(
        "Error over epochs",
        "Validation error after each epoch, a line for each run; triangles at the right are the "
        "test errors at the end.",
    ),
}
