"""What joins and layers that hold layers are called, take and do, for people.

The parser knows their form by itself; the schema and the reference are made from
these records, and a test compares them with the parser's words.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["HOLDERS", "Holder", "Key"]


@dataclass(frozen=True, slots=True)
class Key:
    """One key with what stands in it: value, word, name, layers or branches."""

    name: str
    form: str
    doc: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class Holder:
    """A layer that is no simple kind; without keys it takes a layer's name."""

    name: str
    doc: str
    keys: tuple[Key, ...]
    shape: str
    example: str


_LAYERS = Key("layers", "layers", "The layers, in order.")

HOLDERS: dict[str, Holder] = {
    holder.name: holder
    for holder in (
        Holder(
            "concat",
            "The current tensor's channels, then those of an earlier layer of equal size.",
            (),
            "H and W stay, C = C + C of the named layer",
            "concat: early",
        ),
        Holder(
            "add",
            "The sum of the current tensor and that of an earlier layer of equal shape.",
            (),
            "unchanged",
            "add: early",
        ),
        Holder(
            "residual",
            "Layers with a shortcut around them, added to what they give: a 1×1 convolution "
            "where channels or size differ, its stride the exact ratio.",
            (_LAYERS,),
            "that of the last layer inside",
            "residual: {layers: [conv: {channels: 8}]}",
        ),
        Holder(
            "repeat",
            "Its layers, so many times; `as` names a count from 0 that they can read.",
            (
                Key("times", "times", "How often; 0 leaves them out."),
                Key("as", "word", "The count's name, from 0.", required=False),
                _LAYERS,
            ),
            "that of the layers, one after the other",
            "repeat: {times: 2, as: i, layers: [conv: {channels: $(8 * 2 ** i)}]}",
        ),
        Holder(
            "choose",
            "One of several lists of layers: the one whose key equals `by`, value and type.",
            (
                Key("by", "value", "The value that chooses."),
                Key("of", "branches", "A list of layers for each value."),
            ),
            "that of the chosen layers",
            "choose: {by: $down, of: {pool: [pool: {}], stride: [conv: {channels: 8, stride: 2}]}}",
        ),
        Holder(
            "block",
            "The layers of a block from `blocks`, with values for its params.",
            (Key("use", "word", "The block's name; the other keys are its params."),),
            "that of the block's layers",
            "block: {use: double, c: 16}",
        ),
    )
}
