"""Files nobody would write: random bytes, random YAML, gallery files with damage."""

import random
from pathlib import Path

ROOT = Path(__file__).parents[2]
GALLERY = [
    path.read_text("utf-8")
    for folder in ("specs", "studies")
    for path in sorted((ROOT / folder).glob("*.yaml"))
]
GOLDEN = [path.read_bytes() for path in sorted((Path(__file__).parent / "golden").glob("*.yaml"))]
WORDS = [
    "conv",
    "pool",
    "upsample",
    "dense",
    "norm",
    "activation",
    "dropout",
    "concat",
    "add",
    "residual",
    "repeat",
    "choose",
    "block",
    "conv_transpose",
    "pixel_shuffle",
    "channels",
    "kernel",
    "stride",
    "padding",
    "dilation",
    "groups",
    "bias",
    "name",
    "when",
    "times",
    "as",
    "layers",
    "by",
    "of",
    "use",
    "encoder",
    "decoder",
    "input",
    "params",
    "defaults",
    "blocks",
    "allow",
    "mirror",
    "up",
    "last",
    "auto",
    "same",
    "valid",
    "depthwise",
    "relu",
    "batch",
    "true",
    "false",
    "null",
    "~",
    "height",
    "width",
    "size",
    "shape",
    "scale",
    "mode",
    "model",
    "space",
    "search",
    "constraints",
    "objectives",
    "int",
    "float",
    "choice",
    "log",
    "latent.size",
    "train",
    "data",
    "task",
]
VALUES = [
    "0",
    "1",
    "-1",
    "2",
    "3",
    "8",
    "32",
    "65536",
    "65537",
    "1e9",
    "1e400",
    ".inf",
    "-.inf",
    ".nan",
    "0x1F",
    "0o17",
    "012",
    "1_000",
    "$width",
    "$i",
    "$(width)",
    "$(1/0)",
    "$(2**9999)",
    "$(((((1)))))",
    "$(",
    "$()",
    "$(a",
    "b)",
    "''",
    '""',
    "{}",
    "[]",
    "[1,2]",
    "[1,2,3]",
    "{a:",
    "b}",
    "-",
    "?",
    ":",
    "#",
    "&",
    "*",
    "!",
    "|",
    ">",
    "%",
    "@",
    "`",
    "!!int",
    "!!python/object:os.system",
    "*x",
    "&x",
    "999999999999999999999999",
    "encoder[0].conv.kernel",
    "defaults.conv.kernel",
]
SNIPPETS = [
    "  ",
    "\n",
    "\t",
    "- ",
    ": ",
    ", ",
    "{",
    "}",
    "[",
    "]",
    "#",
    "'",
    '"',
    "\r\n",
    "\x85",
    "\u2028",
    "\ufeff",
    "é",
    "漢字",
    "\U0001f600",
    "\x00",
    "\x1b[31m",
    "---\n",
    "...\n",
    "<<: ",
]


def random_bytes(dice: random.Random) -> bytes:
    return dice.randbytes(dice.choice([0, 1, 3, 20, 300, 3000]))


def _value(dice: random.Random, depth: int) -> str:
    if depth > 5 or dice.random() < 0.5:
        return dice.choice([*WORDS, *VALUES])
    inside = [_value(dice, depth + 1) for _ in range(dice.randrange(4))]
    if dice.random() < 0.4:
        return f"[{', '.join(inside)}]"
    return "{" + ", ".join(f"{dice.choice(WORDS)}: {value}" for value in inside) + "}"


def random_yaml(dice: random.Random) -> bytes:
    lines = []
    for key in dice.sample(
        [
            "name",
            "input",
            "params",
            "defaults",
            "blocks",
            "allow",
            "model",
            "space",
            "search",
            "encoder",
            "decoder",
        ],
        dice.randrange(2, 8),
    ):
        if dice.random() < 0.5:
            lines.append(f"{key}: {_value(dice, 0)}")
            continue
        lines.append(f"{key}:")
        for _ in range(dice.randrange(1, 6)):
            lines.append(f"  - {dice.choice(WORDS)}: {_value(dice, 1)}")
    return "\n".join(lines).encode()


def mutated(dice: random.Random) -> bytes:
    content = dice.choice(GOLDEN) if dice.random() < 0.3 else dice.choice(GALLERY).encode()
    text = content.decode("utf-8", "replace")
    for _ in range(dice.randrange(1, 6)):
        text = _damaged(dice, text)
    changed = text.encode("utf-8", "surrogatepass")
    if dice.random() < 0.1 and changed:
        place = dice.randrange(len(changed))
        changed = changed[:place] + dice.randbytes(1) + changed[place + 1 :]
    return changed


def _damaged(dice: random.Random, text: str) -> str:
    place = dice.randrange(len(text) + 1)
    way = dice.randrange(6)
    if way == 0:
        return text[:place] + dice.choice(SNIPPETS) + text[place:]
    if way == 1:
        return text[:place] + text[place + dice.randrange(1, 8) :]
    words = text.split(" ")
    if way == 2:
        words[dice.randrange(len(words))] = dice.choice([*WORDS, *VALUES])
        return " ".join(words)
    lines = text.split("\n")
    number = dice.randrange(len(lines))
    if way == 3:
        lines.insert(dice.randrange(len(lines)), lines[number])
    elif way == 4:
        del lines[number]
    else:
        lines[number] = " " * dice.randrange(4) + lines[number].lstrip()
    return "\n".join(lines)


SORTS = (random_bytes, random_yaml, mutated, mutated)


def hostile_file(seed: int) -> bytes:
    dice = random.Random(seed)  # noqa: S311 — files to break a parser with, no secrets
    return dice.choice(SORTS)(dice)
