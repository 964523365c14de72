"""Settings cost nothing before they are needed, and are the same for that."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

import archsearch.cli  # every command, and so all settings
from archsearch.config.base import Settings

ROOT = Path(__file__).parents[2]
BUILT = """
import sys
from archsearch.cli import main
from archsearch.config.base import Settings
def below(parent):
    for each in parent.__subclasses__():
        yield each
        yield from below(each)
sys.argv = ["archsearch", "check", "specs/unet.yaml"]
try:
    main()
finally:
    print([each.__name__ for each in below(Settings) if each.__pydantic_complete__])
"""


def below(parent: type[Settings]) -> Iterator[type[Settings]]:
    for each in parent.__subclasses__():
        yield each
        yield from below(each)


def has_defaults(settings: type[Settings]) -> bool:
    return settings.model_fields != {} and not any(
        field.is_required() for field in settings.model_fields.values()
    )


WITH_DEFAULTS = sorted(filter(has_defaults, below(Settings)), key=lambda each: each.__name__)


@pytest.mark.parametrize("settings", WITH_DEFAULTS)
def test_defaults_are_what_validating_gives(settings: type[Settings]) -> None:
    try:
        checked = settings()
    except ValidationError:
        pytest.skip("abstract")
    assert settings.at_defaults() == checked
    assert settings.at_defaults().model_dump() == checked.model_dump()


def test_to_check_a_spec_builds_no_validators() -> None:
    assert len(WITH_DEFAULTS) > 10
    done = subprocess.run(
        [sys.executable, "-c", BUILT], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines()[-1] == "[]", done.stderr
    assert archsearch.cli.app is not None
