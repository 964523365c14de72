"""What a page claims to have found, read from its own sentences."""

from __future__ import annotations

import re

from archsearch.report.findings import Findings
from archsearch.report.pages.study import page_of
from tests.report.reading import texts

CLAIMS = (
    r"^Yes",
    r"Without: (Yes)",
    r"latent size explains something that these don’t",
    r"it holds inside the groups too",
    r"there is one inside the groups",
    r"inside the groups it has the other sign",
    r"The correlation is shown within groups",
    r"Shown within (each|[1-9])",
    r"shown only without",
    r"The line has a knee at",
    r"Correlations with the error are shown for ",
    r"The error correlates more strongly with",
    r"these change the error",
    r"that differ in one thing: ",
)


def claims(findings: Findings) -> list[str]:
    """The positive findings that the page tells of, the headline's among them."""
    page = page_of(findings)
    told = [text for section in (page.answer, *page.sections) for text in texts(section)]
    return [claim for claim in CLAIMS for text in told if re.search(claim, text)]
