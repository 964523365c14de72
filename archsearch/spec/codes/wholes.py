"""Codes of the whole model: input, output, latent and bottleneck."""

from __future__ import annotations

from archsearch.spec.codes.entry import Explanation, spec
from archsearch.spec.kinds import KINDS
from archsearch.spec.text.enumeration import enumerated

__all__ = ["WHOLES"]

_MIRRORED = enumerated(kind.name for kind in KINDS.builtin.values() if callable(kind.mirror))

_FIXED = "input: {channels: 3, height: 8, width: 8}\nencoder:\n  - conv: {channels: 1}\n"

WHOLES = (
    Explanation(
        "output-size",
        "the output doesn't have the picture's size",
        "The decoder must enlarge the picture by the same factors by which the encoder shrinks "
        "it. `archsearch show` prints the size after every layer.",
        spec("- pool: {}\n- conv: {channels: 2}"),
        spec("- pool: {}\n- conv: {channels: 2}", "- upsample: {}\n- conv: {channels: auto}"),
    ),
    Explanation(
        "output-channels",
        "the output has the wrong number of channels",
        "Write `channels: auto` on the last decoder layer that sets channels. It stands for the "
        "channels of the task's target; a later pixel_shuffle multiplies it by scale².",
        spec("- conv: {channels: 2}", "- conv: {channels: 1}"),
        spec("- conv: {channels: 2}"),
    ),
    Explanation(
        "task-channels",
        "input channels that don't fit the task",
        "With a number instead of `auto`, the spec fits only tasks and pictures with that number "
        "of channels. (The example is wrong for gray pictures.)",
        _FIXED + "decoder:\n  - conv: {channels: 1}\n",
        spec("- conv: {channels: 1}"),
        picture_channels=1,
    ),
    Explanation(
        "picture-channels",
        "input channels that no pictures have",
        "Pictures are in color (3 channels) or gray (1): every source gives these, and opacity is "
        "left out. A spec with another number can be built, but no command trains it. If you feed "
        "it yourself, write `allow: [picture-channels]`.",
        "input: {channels: 4, height: 8, width: 8}\nencoder:\n  - conv: {channels: 1}\n"
        "decoder:\n  - conv: {channels: 4}\n",
        spec("- conv: {channels: 1}"),
        severity="warning",
    ),
    Explanation(
        "auto-channels",
        "`auto` in the wrong place",
        "`channels: auto` stands for the channels that the task sets. It is allowed on `input` and "
        "on the last decoder layer that sets channels. Every other layer needs a number.",
        spec("- conv: {channels: auto}"),
        spec("- conv: {channels: 2}"),
    ),
    Explanation(
        "leak-past-latent",
        "the decoder reads more than the latent",
        "A concat or add in the decoder that names an encoder layer passes its numbers around the "
        "latent. The error of the net then says little about the latent. `latent.effective_size` "
        "counts these numbers. If this is intended, as in a U-Net, write "
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
        "A latent carries no more information than what reaches it. `bottleneck.size` is the "
        "narrowest cut of the whole net: the fewest numbers that pass between picture and output, "
        "skip connections included. If the bottleneck isn't the latent, the latent's size says "
        "little about the net. Widen that place or make the latent smaller. If it is intended, "
        "write `allow: [bottleneck-before-latent]`.",
        spec("- conv: {channels: 1}\n- conv: {channels: 2}"),
        spec("- conv: {channels: 4}\n- conv: {channels: 2}"),
        severity="warning",
    ),
    Explanation(
        "latent-exceeds-picture",
        "a latent with more numbers than the picture",
        "Such a net can copy the picture, so its error says little about compression. The size of "
        "the latent is C·H·W of the encoder's last layer. Shrink the picture more, or use fewer "
        "channels. If it is intended, write `allow: [latent-exceeds-picture]`.",
        spec("- conv: {channels: 4}"),
        spec("- conv: {channels: 4}\n- pool: {}", "- upsample: {}\n- conv: {channels: auto}"),
        severity="warning",
    ),
    Explanation(
        "relu-output",
        "a net whose output is a ReLU's",
        "A ReLU gives 0 for all that is below 0, and has no slope there: pixels that begin so stay "
        "black. A sigmoid stays within [0, 1]; `none` leaves that to training. A mirrored decoder "
        "ends with the activation of the encoder's first layer, unless `last` names another. If it "
        "is intended, write `allow: [relu-output]`.",
        spec(
            "- conv: {channels: 2, activation: relu}",
            "- conv: {channels: auto, activation: relu}",
        ),
        spec(
            "- conv: {channels: 2, activation: relu}",
            "- conv: {channels: auto, activation: sigmoid}",
        ),
        severity="warning",
    ),
    Explanation(
        "cannot-mirror",
        "an encoder that can't be mirrored",
        f"`decoder: mirror` can reverse {_MIRRORED}, but not joins. An upsample enlarges only by "
        "whole factors. So for a layer that lost rows, use `up: conv_transpose`, which restores "
        "them.",
        "input: {channels: auto, height: 9, width: 9}\n"
        "encoder:\n  - pool: {padding: same}\n  - conv: {channels: 2}\ndecoder: mirror\n",
        spec("- pool: {}\n- conv: {channels: 2}", "mirror"),
    ),
)
