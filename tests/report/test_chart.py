"""The interactive chart as readers use it: mouse, finger, keys, screen readers, paper."""

from __future__ import annotations

import re
from contextlib import ExitStack
from itertools import pairwise

import pytest

from tests.browser import browsed
from tests.report.chart_page import chart_data, write_chart_page

BOX = ".plot .tip"
PANEL = "#net"
ACTIVE = ".ring.active"
SPOT = """(net) => {
  const point = document.querySelector(`.point[data-number="${net}"]`).getBoundingClientRect();
  return [point.x + point.width / 2, point.y + point.height / 2];
}"""

LEVELS = "all => all.map((one) => one.getBoundingClientRect().y).sort((one, other) => one - other)"
COVERED = """() => [...document.querySelectorAll(".labels text")].reduce((sum, label) => {
  const box = label.getBoundingClientRect();
  return sum + [...document.querySelectorAll(".point")].filter((point) => {
    const { x, y, width, height } = point.getBoundingClientRect();
    const [middle, level] = [x + width / 2, y + height / 2];
    return middle > box.left && middle < box.right && level > box.top && level < box.bottom;
  }).length;
}, 0)"""


@pytest.fixture
def shown(browser, tmp_path):
    """Opens the chart of some data; afterwards no script, policy or request may have failed."""
    with ExitStack() as stack:
        opened = []

        def show(data=None, **settings):
            path = write_chart_page(tmp_path, data or chart_data())
            opened.append(stack.enter_context(browsed(browser, path, **settings)))
            return opened[-1]

        yield show
        assert [one.problems for one in opened] == [[] for _ in opened]


def hover(opened, net):
    """The mouse on a net's point, which is first brought into the window."""
    opened.page.locator(".plot").scroll_into_view_if_needed()
    opened.page.mouse.move(*opened.page.evaluate(SPOT, net))


def choose(opened, label, option):
    """An option of a control, by its label or its place."""
    named = {"index": option} if isinstance(option, int) else {"label": option}
    opened.page.locator(f'.chart-controls label:has-text("{label}") select').select_option(**named)


def tick(opened, label, *, on):
    opened.page.locator(f'.chart-controls label:has-text("{label}") input').set_checked(on)


def spread_out(count=12):
    """Data whose nets all differ in latent size, so that each point stands alone."""
    data = chart_data(count)
    data["sizes"][0]["values"] = [2 ** (2 + place) for place in range(count)]
    return data


def ticks(opened):
    """The texts under the x axis, read as numbers."""
    texts = opened.page.locator(".axes .tick.middle").all_text_contents()
    return [float(text.replace(",", "").replace("k", "e3").replace("M", "e6")) for text in texts]


def test_pointing_shows_a_net_and_its_rows(shown):
    opened = shown(spread_out())
    hover(opened, 4)
    text = opened.page.locator(BOX).inner_text()
    assert text.splitlines()[0] == "trial 4"
    assert re.search(r"latent \d×\d×\d+, 8 numbers", text)
    assert re.search(r"error 0\.\d+ \(0\.\d+ to 0\.\d+ over 3 seeds\)", text)
    assert "conv" in text
    linked = opened.page.locator(".linked")
    assert linked.evaluate_all("all => all.map((one) => one.dataset.trial)") == ["4", "4"]
    opened.page.mouse.move(2, 2)
    assert not opened.page.locator(BOX).is_visible()
    assert linked.count() == 0


def test_a_click_opens_the_details_with_a_spec(shown):
    data = spread_out()
    opened = shown(data)
    opened.page.mouse.click(*opened.page.evaluate(SPOT, 5))
    panel = opened.page.locator(PANEL)
    assert panel.locator("h3").inner_text() == "trial 5"
    assert panel.locator(".layers").inner_text() == data["layers"]["5"]
    assert panel.locator("pre").text_content() == data["specs"]["5"]
    activation = data["choices"][0]
    assert activation["levels"][activation["values"][2]] in panel.locator("dl").last.inner_text()
    panel.get_by_role("button", name="Copy").click()
    opened.page.get_by_text(re.compile("^(Copied|Selected)$")).wait_for()
    assert (
        opened.page.evaluate("() => getSelection().toString()").split()
        == data["specs"]["5"].split()
    )
    panel.get_by_role("button", name="Close").click()
    assert not panel.is_visible()


def test_a_net_without_a_spec_has_its_familys_and_its_choices(shown):
    data = spread_out()
    opened = shown(data)
    opened.page.mouse.click(*opened.page.evaluate(SPOT, 4))
    told = opened.page.locator(f"{PANEL} pre").text_content()
    assert told.startswith("# trial 4 is this family with\n#   activation: ")
    assert f"#   width (channels): {data['choices'][1]['values'][1]}\n" in told
    assert told.endswith(data["family"])


def test_a_tap_opens_the_details(shown):
    opened = shown(spread_out(), width=390, touch=True)
    opened.page.locator(".plot").scroll_into_view_if_needed()
    opened.page.touchscreen.tap(*opened.page.evaluate(SPOT, 6))
    assert opened.page.locator(f"{PANEL} h3").inner_text() == "trial 6"


def test_keys_alone_lead_from_the_top_to_a_spec_and_back(shown):
    data = spread_out()
    opened = shown(data)
    live = opened.page.locator("#chart [role=status]")
    while opened.focused() != "div.plot":
        opened.press("Tab")
    assert live.inner_text().startswith(f"trial {data['best']},")
    opened.press("Home", "ArrowRight")
    assert live.inner_text().startswith("trial 4, latent")
    opened.press("ArrowUp", "ArrowDown", "End", "ArrowRight")
    assert live.inner_text().startswith("trial 14,")
    opened.press("ArrowLeft", "Enter")
    assert opened.focused() == "h3#net-title"
    assert opened.page.locator(f"{PANEL} h3").inner_text() == "trial 13"
    opened.press("Tab", "Tab", "Tab")
    assert opened.page.evaluate("() => document.activeElement.textContent") == data["specs"]["13"]
    opened.press("Escape")
    assert opened.focused() == "div.plot"
    assert not opened.page.locator(PANEL).is_visible()


def test_each_axis_has_its_ticks_and_its_own_lines(shown):
    data = chart_data()
    data["lines"].append({"label": "as good as most", "level": 0.0075})
    opened = shown(data)
    page = opened.page
    assert all(tick in [2.0**power for power in range(16)] for tick in ticks(opened))
    assert page.locator(".labels").text_content().count("PCA of the same size") == 1
    assert page.evaluate(COVERED) == 0
    choose(opened, "x axis", "parameters")
    assert "parameters" in page.locator(".axes").text_content()
    assert all(f"{tick:e}"[0] in "125" for tick in ticks(opened))
    assert "PCA" not in page.locator(".labels").text_content()
    assert "channel mean" in page.locator(".labels").text_content()
    assert page.locator(".lines path").count() == 2
    tick(opened, "log x", on=False)
    tick(opened, "log y", on=False)
    steps = ticks(opened)
    assert steps[0] == 0
    assert {round(one - other) for one, other in zip(steps[1:], steps, strict=False)} == {steps[1]}


def test_colors_tell_levels_and_numbers_apart(shown):
    data = chart_data()
    data["choices"].append(
        {"key": "many", "label": "many", "levels": [f"level {n}" for n in range(12)],
         "values": [n % 10 for n in range(40)]}
    )  # fmt: skip
    opened = shown(data)
    key = opened.page.locator(".key-entry")

    def looks(part):
        script = "(all, part) => all.map((one) => part ? one.getAttribute(part) : one.style.color)"
        return len(set(opened.page.locator(".point").evaluate_all(script, part)))

    assert key.count() == 0
    choose(opened, "color by", "activation")
    assert key.all_text_contents() == ["relu", "gelu", "silu", "leaky_relu"]
    assert looks("") == 4 + 1  # and the one that isn't drawn
    assert looks("d") == 4 + 1
    choose(opened, "color by", "normalization")
    assert key.all_text_contents() == ["batch", "group", "has none"]
    choose(opened, "color by", "many")
    assert key.all_text_contents() == [f"level {n}" for n in range(8)] + ["others"]
    choose(opened, "color by", "width (channels)")
    widths = data["choices"][1]["values"]
    assert opened.page.locator(".ramp").count() == 1
    assert key.inner_text().split() == [str(min(widths)), str(max(widths))]
    assert looks("") > 10


def test_rows_and_points_are_linked_both_ways(shown):
    opened = shown(spread_out())
    page = opened.page
    picture = page.locator('.picture-row[data-trial="5"]')
    ring = page.locator(ACTIVE)
    assert not ring.is_visible()
    picture.hover()
    assert ring.is_visible()
    assert page.locator(BOX).inner_text().startswith("trial 5")
    page.mouse.move(2, 2)
    assert not ring.is_visible()
    picture.focus()
    assert ring.is_visible()
    opened.press("Enter")
    assert opened.focused() == "h3#net-title"
    assert picture.evaluate("(row) => row.classList.contains('chosen')")
    opened.press("Escape")
    assert opened.focused().startswith("div.picture-row")
    page.locator("#trials summary").click()
    page.locator('tr[data-trial="7"] td').first.click()
    assert page.locator(f"{PANEL} h3").inner_text() == "trial 7"
    page.locator('tr[data-trial="6"] button').press("Enter")
    assert page.locator(f"{PANEL} h3").inner_text() == "trial 6"
    assert page.locator("tr.chosen").get_attribute("data-trial") == "6"


def test_hollow_points_say_why(shown):
    opened = shown(spread_out())
    hollow = opened.page.locator(".point.hollow")
    assert hollow.evaluate_all("all => all.map((one) => one.dataset.number)") == ["5", "7"]
    ground = opened.page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    assert hollow.first.evaluate("(one) => getComputedStyle(one).fill") == ground
    opened.page.mouse.click(*opened.page.evaluate(SPOT, 7))
    assert "Drawn hollow: reads past its latent." in opened.page.locator(PANEL).inner_text()


@pytest.mark.full
def test_values_that_are_missing_or_odd_are_drawn_around(shown):
    one, empty, equal, tiny = (chart_data(count) for count in (1, 8, 8, 8))
    empty["error"]["mean"] = [None] * 8
    empty["sizes"] = [size | {"values": [None] * 8} for size in empty["sizes"]]
    empty |= {"test": None, "family": "", "specs": {}, "layers": {}, "best": None}
    equal["error"] |= {key: [0.01] * 8 for key in ("mean", "low", "high")}
    equal["sizes"][0]["values"] = [64] * 8
    equal |= {"lines": [], "choices": []}
    tiny["error"] |= {key: [0.0, 1e-9, *[1e-4] * 6] for key in ("mean", "low", "high")}
    tiny["sizes"][0]["values"][0] = 0
    tiny["lines"][1]["level"] = None
    drawn = {}
    cases = {"one": one, "plain": chart_data(8), "empty": empty, "equal": equal, "tiny": tiny}
    for name, data in cases.items():
        opened = shown(data)
        opened.page.locator(".plot").focus()
        opened.press("ArrowRight", "Enter")
        assert "NaN" not in opened.page.locator(".plot").inner_html()
        drawn[name] = opened.page.locator(".point:visible").count()
        hint = opened.page.locator(".hint").inner_text()
        assert ("8 of 8 trials can’t be drawn" in hint) == (name == "empty")
        assert ("under 1e-7" in hint) == (name == "tiny")
    assert drawn == {"one": 1, "plain": 7, "empty": 0, "equal": 8, "tiny": 7}


@pytest.mark.full
def test_ten_thousand_nets_stay_usable(shown):
    data = chart_data(10_000)
    opened = shown(data)
    assert opened.page.locator(".point").count() == 10_000
    assert opened.page.locator(".bars path").count() == 0
    hover(opened, data["best"])
    assert opened.page.locator(BOX).inner_text().startswith("trial ")
    choose(opened, "x axis", "parameters")
    choose(opened, "color by", "width (channels)")
    assert opened.page.locator(".ramp").is_visible()


def test_axe_finds_nothing_in_light_and_dark(shown):
    opened = shown(spread_out())
    choose(opened, "color by", "activation")
    opened.page.locator("#trials summary").click()
    opened.page.mouse.click(*opened.page.evaluate(SPOT, 5))
    for scheme in ("light", "dark"):
        opened.page.emulate_media(color_scheme=scheme)
        assert opened.violations() == []


@pytest.mark.parametrize("width", [390, pytest.param(1280, marks=pytest.mark.full)])
def test_texts_stand_apart_in_any_view(shown, width):
    data = chart_data()
    data["lines"] += [
        {"label": "patch PCA of the same shape", "size": "latent_size",
         "points": [[16, 0.05], [2048, 0.004]]},
        {"label": "a far better code", "size": "latent_size", "points": [[16, 0.05], [1024, 1e-5]]},
        {"label": "a reference net with a long name", "level": 0.058},
    ]  # fmt: skip
    data["choices"][0]["levels"] = [f"an activation with a long name {n}" for n in range(4)]
    opened = shown(data, width=width)
    for axis in range(4):
        choose(opened, "x axis", axis)
        choose(opened, "color by", axis % 2)
        for log in (True, False):
            tick(opened, "log x", on=log)
            assert opened.misplaced_texts() == []
            levels = opened.page.locator(".axes .tick.end").evaluate_all(LEVELS)
            assert min(lower - upper for upper, lower in pairwise(levels)) > 14
    opened.page.locator(".plot").focus()
    for key in ("Home", "End", "ArrowUp", "Enter"):  # boxes and details of nets at the edges
        opened.press(key)
        assert opened.misplaced_texts() == []
        assert opened.scroll_width() == width


@pytest.mark.full
def test_paper_has_the_static_figure_and_everything_unfolded(shown, tmp_path):
    for scripts in (True, False):
        opened = shown(spread_out(), scripts=scripts)
        assert opened.page.locator("#static-chart").is_visible() is not scripts
        assert not opened.page.locator("#glossary dd").is_visible()
        opened.page.emulate_media(media="print")
        assert opened.page.locator("#static-chart").is_visible()
        assert not opened.page.locator("#chart").is_visible()
        assert opened.page.locator("#glossary dd").bounding_box()["height"] > 5
        assert opened.pdf(tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")


def test_without_nets_the_static_figure_stays(shown):
    opened = shown(chart_data(1) | {"numbers": []})
    assert opened.page.locator("#static-chart").is_visible()
