"""What `show` prints of a plan beside its layers."""

from pathlib import Path

from archsearch.cli.tables import plan_json, plan_table
from archsearch.config import load

SPECS = Path(__file__).parents[2] / "specs"
LARGE = """\
input: {channels: auto, height: 16, width: 16}
encoder: [conv: {channels: 9}]
decoder: [conv: {channels: auto}]
"""


def test_show_says_where_the_bottleneck_is(tmp_path: Path) -> None:
    nine = load(SPECS / "acml-nine-layer.yaml").plan()
    assert plan_json(nine)["bottleneck"] == {"size": 768, "after": ["encoder[3].pool"]}
    where = "bottleneck  768 numbers, after layer 4 (pool), fewer than the latent has"
    assert where in plan_table(nine)
    (tmp_path / "large.yaml").write_text(LARGE)
    table = plan_table(load(tmp_path / "large.yaml").plan())
    assert "latent      2,304 numbers, 3 times the input" in table
    assert any(line.startswith("bottleneck  768 numbers, the input") for line in table)
