"""Codes of the file as such: encoding, YAML, limits."""

from __future__ import annotations

from archsearch.spec.codes.entry import Explanation, spec

__all__ = ["YAML"]

_PLAIN = spec("- conv: {channels: 2}")

YAML = (
    Explanation(
        "yaml-syntax",
        "the text is not YAML",
        "A bracket or quote is not closed, a line is indented by a tab or doesn't line up, or a "
        "value holds `: ` without quotes. Nothing after such a place can be read, so this is "
        "told alone.",
        spec("- conv: {channels: 4"),
        _PLAIN,
    ),
    Explanation(
        "needs-quotes",
        "an expression that flow style cuts",
        "Between { } or [ ] a comma ends a value, also inside $(…). Put the expression in "
        "quotes, or write the layer in block style, one field a line.",
        spec("- conv: {channels: $(min(width, 64))}", above="params: {width: 2}"),
        spec('- conv: {channels: "$(min(width, 64))"}', above="params: {width: 2}"),
    ),
    Explanation(
        "yaml-empty",
        "the file is empty",
        "There is nothing but comments and blank lines. A spec needs input, encoder and decoder.",
        "# to do\n",
        _PLAIN,
    ),
    Explanation(
        "yaml-documents",
        "more than one document",
        "`---` begins another YAML document. One file holds one spec or one study.",
        _PLAIN + "---\nname: second\n",
        _PLAIN,
    ),
    Explanation(
        "yaml-merge-key",
        "a merge key",
        "Merge keys (`<<: *anchor`) left YAML with version 1.2, and with them nobody sees which "
        "of two values holds. What layers share stands in `defaults`, `params` or `blocks`.",
        spec("- conv: {<<: *shared, channels: 2}", above="defaults:\n  conv: &shared {kernel: 3}"),
        spec("- conv: {channels: 2}", above="defaults:\n  conv: {kernel: 3}"),
    ),
    Explanation(
        "yaml-tag",
        "a tag that means nothing here",
        "Tags such as !!python/object can make a YAML reader run code. This one builds plain "
        "values only, and refuses every tag but YAML's own (!!str, !!int, …).",
        spec("- conv: {channels: !small 4}"),
        _PLAIN,
    ),
    Explanation(
        "yaml-alias",
        "an alias that leads nowhere, or to itself",
        "`*name` repeats what stands at `&name` above it. It must be there, and must not contain "
        "itself: a spec is a finite list of layers.",
        spec("- conv: {channels: *width}"),
        spec("- conv: {channels: $width}", above="params: {width: 2}"),
    ),
    Explanation(
        "yaml-too-deep",
        "nested too deeply",
        "Over 64 levels of lists and mappings. A spec needs about ten; mostly a bracket or a dash "
        "was repeated by accident.",
        f"encoder: {'[' * 66}\n",
        _PLAIN,
    ),
    Explanation(
        "yaml-too-many-nodes",
        "the file expands too far",
        "Aliases let a few lines stand for millions of values. The limit is 10,000 values after "
        "expansion; `repeat` and `blocks` say the same thing shorter.",
        "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
        "b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\n"
        "c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\n"
        "d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]\n",
        _PLAIN,
    ),
    Explanation(
        "not-utf8",
        "the file is not UTF-8",
        "Some byte is no UTF-8: the file was saved as Latin-1, UTF-16 or is no text at all. Save "
        "it as UTF-8.",
        "description: größer\n" + _PLAIN,
        "description: größer\n" + _PLAIN,
        encoding="latin-1",
    ),
    Explanation(
        "file-too-large",
        "the file is larger than 1 MB",
        "A spec or study is a few kB. Probably this is another file.",
        "",
        _PLAIN,
    ),
)
