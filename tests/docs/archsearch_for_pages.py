"""archsearch as the pages' commands find it: the same program, asked for little work."""

from __future__ import annotations

import sys

from archsearch.cli import main

FEW = {
    ("train",): ["--limit", "60", "--epochs", "1"],
    ("study", "run"): ["--limit", "60", "--epochs", "1", "--trials", "4", "--seeds", "1"],
}


def little(words: list[str]) -> list[str]:
    """The same command for few pictures, which aren't downloaded."""
    words = ["photos" if word == "cifar10" else word for word in words]
    for command, options in FEW.items():
        if tuple(words[: len(command)]) == command:
            pictures = [] if "--data" in words else ["--data", "photos"]
            return [*words, *pictures, *options]
    return words


if __name__ == "__main__":
    main(little(sys.argv[1:]))
