"""Codes of the model as a whole: what goes in, what comes out, what leaks."""

from __future__ import annotations

from archsearch.spec.codes.entry import Explanation, spec

__all__ = ["WHOLES"]

_FIXED = "input: {channels: 3, height: 8, width: 8}\nencoder:\n  - conv: {channels: 1}\n"

WHOLES = (
    Explanation(
        "output-size",
        "the decoder doesn't end at the picture's size",
        "What the encoder shrinks, the decoder has to enlarge by the same factors. "
        "`archsearch show` prints the size after every layer.",
        spec("- pool: {}\n- conv: {channels: 2}"),
        spec("- pool: {}\n- conv: {channels: 2}", "- upsample: {}\n- conv: {channels: auto}"),
    ),
    Explanation(
        "output-channels",
        "the decoder ends with unwanted channels",
        "`auto` on the last decoder layer that sets channels is what the task wants back; a later "
        "pixel_shuffle multiplies it by scale².",
        spec("- conv: {channels: 2}", "- conv: {channels: 1}"),
        spec("- conv: {channels: 2}"),
    ),
    Explanation(
        "task-channels",
        "input channels that the task doesn't feed",
        "A number instead of `auto` says how many channels the pictures have. Another task, or "
        "other pictures, may feed another number. (The example is wrong for gray pictures.)",
        _FIXED + "decoder:\n  - conv: {channels: 1}\n",
        spec("- conv: {channels: 1}"),
        picture_channels=1,
    ),
    Explanation(
        "auto-channels",
        "`auto` where no task could settle it",
        "`channels: auto` is what the task wants back, so it stands on the last decoder layer "
        "that sets channels (and on `input`). Every other layer needs a number.",
        spec("- conv: {channels: auto}"),
        spec("- conv: {channels: 2}"),
    ),
    Explanation(
        "leak-past-latent",
        "the decoder reads more than the latent",
        "A concat or add in the decoder that names a layer of the encoder carries its numbers "
        "past the bottleneck; the error then says little about the latent. "
        "`latent.effective_size` counts them. Where it is meant, as in a U-Net, write "
        "`allow: [leak-past-latent]`.",
        spec(
            "- conv: {channels: 2}\n  name: early\n- conv: {channels: 2}",
            "- concat: early\n- conv: {channels: auto}",
        ),
        spec(
            "- conv: {channels: 2}\n  name: early\n- conv: {channels: 2}",
            "- concat: early\n- conv: {channels: auto}",
            above="allow: [leak-past-latent]",
        ),
        severity="warning",
    ),
    Explanation(
        "bottleneck-before-latent",
        "a bottleneck that isn't the latent",
        "A code holds no more than what gets to it. `bottleneck.size` is the narrowest cut of the "
        "whole net: the fewest numbers that pass between picture and output, skips included. Where "
        "that is another place than the latent, the latent's size says little about what the net "
        "can keep. Widen that place or make the latent smaller, or write "
        "`allow: [bottleneck-before-latent]`.",
        spec("- conv: {channels: 1}\n- conv: {channels: 2}"),
        spec("- conv: {channels: 4}\n- conv: {channels: 2}"),
        severity="warning",
    ),
    Explanation(
        "latent-exceeds-picture",
        "a latent with more numbers than the picture",
        "Such a net can copy the picture, so its error says little about coding. The latent is "
        "C·H·W of the encoder's last layer. Shrink more on the way, or give it fewer channels. "
        "Where it is meant, write `allow: [latent-exceeds-picture]`.",
        spec("- conv: {channels: 4}"),
        spec("- conv: {channels: 4}\n- pool: {}", "- upsample: {}\n- conv: {channels: auto}"),
        severity="warning",
    ),
    Explanation(
        "cannot-mirror",
        "an encoder without a mirror",
        "`decoder: mirror` knows the way back of conv, pool and dense. Joins have none; an "
        "upsample enlarges by whole factors only, so a layer that lost rows needs "
        "`up: conv_transpose`, which refills them.",
        "input: {channels: auto, height: 9, width: 9}\n"
        "encoder:\n  - pool: {padding: same}\n  - conv: {channels: 2}\ndecoder: mirror\n",
        spec("- pool: {}\n- conv: {channels: 2}", "mirror"),
    ),
)
