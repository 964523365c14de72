"""Codes of the file itself: encoding, YAML, limits."""

from __future__ import annotations

from archsearch.spec.codes.entry import Explanation, spec

__all__ = ["YAML"]

_PLAIN = spec("- conv: {channels: 2}")

YAML = (
    Explanation(
        "yaml-syntax",
        "the text is not valid YAML",
        "A bracket or quote is not closed, a line is indented wrongly or with a tab, or a value "
        "contains `: ` without quotes. The rest of the file can't be read, so other mistakes are "
        "not reported yet.",
        spec("- conv: {channels: 4"),
        _PLAIN,
    ),
    Explanation(
        "needs-quotes",
        "an expression that flow style cuts off",
        "Between { } or [ ], a comma ends a value, even inside $(…). Put the expression in "
        "quotes, or write the layer in block style, with one field per line.",
        spec("- conv: {channels: $(min(width, 64))}", above="params: {width: 2}"),
        spec('- conv: {channels: "$(min(width, 64))"}', above="params: {width: 2}"),
    ),
    Explanation(
        "yaml-empty",
        "the file is empty",
        "It contains only comments and blank lines. A spec needs input, encoder and decoder.",
        "# to do\n",
        _PLAIN,
    ),
    Explanation(
        "yaml-documents",
        "more than one document",
        "`---` begins another YAML document. A file contains one spec or one study.",
        _PLAIN + "---\nname: second\n",
        _PLAIN,
    ),
    Explanation(
        "yaml-merge-key",
        "a merge key",
        "YAML 1.2 has no merge keys (`<<: *anchor`), and they hide which of two values counts. Put "
        "what layers share into `defaults`, `params` or `blocks`.",
        spec("- conv: {<<: *shared, channels: 2}", above="defaults:\n  conv: &shared {kernel: 3}"),
        spec("- conv: {channels: 2}", above="defaults:\n  conv: {kernel: 3}"),
    ),
    Explanation(
        "yaml-tag",
        "a tag that isn't allowed",
        "Tags such as !!python/object can make a YAML reader run code. archsearch reads only plain "
        "values, and refuses all tags except YAML's own (!!str, !!int, …).",
        spec("- conv: {channels: !small 4}"),
        _PLAIN,
    ),
    Explanation(
        "yaml-alias",
        "an alias to nothing, or to itself",
        "`*name` repeats the value of `&name`. The anchor must come first, and must not contain "
        "its own alias, because a spec is a finite list of layers.",
        spec("- conv: {channels: *width}"),
        spec("- conv: {channels: $width}", above="params: {width: 2}"),
    ),
    Explanation(
        "yaml-too-deep",
        "nested too deeply",
        "Lists and mappings may be nested 64 levels deep. A spec needs about ten. Probably a "
        "bracket or dash is repeated by accident.",
        f"encoder: {'[' * 66}\n",
        _PLAIN,
    ),
    Explanation(
        "yaml-too-many-nodes",
        "the file expands too far",
        "With aliases, a few lines can stand for millions of values. The limit is 10,000 values "
        "after expansion. Use `repeat` and `blocks` instead.",
        "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
        "b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\n"
        "c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\n"
        "d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]\n",
        _PLAIN,
    ),
    Explanation(
        "not-utf8",
        "the file is not UTF-8",
        "A byte isn't valid UTF-8. Perhaps the file was saved as Latin-1 or UTF-16, or isn't a "
        "text. Save it as UTF-8.",
        "description: größer\n" + _PLAIN,
        "description: größer\n" + _PLAIN,
        encoding="latin-1",
    ),
    Explanation(
        "file-too-large",
        "the file is larger than 1 MB",
        "A spec or study has a few kB. Probably this is a different file.",
        "",
        _PLAIN,
    ),
)
