"""All campaigns, in the order of the page."""

from __future__ import annotations

from tests.reliability.campaign import Campaign
from tests.reliability.damaged import DAMAGED
from tests.reliability.disks import DISKS
from tests.reliability.kills import KILLS
from tests.reliability.load import LOAD
from tests.reliability.names import NAMES
from tests.reliability.numbers import NUMBERS
from tests.reliability.pictures import EXTREME_PICTURES, PICTURES
from tests.reliability.settings import SETTINGS
from tests.reliability.supply import SUPPLY
from tests.reliability.texts import EXPRESSIONS, TEXTS

_ALL = (
    KILLS,
    DISKS,
    DAMAGED,
    TEXTS,
    EXPRESSIONS,
    PICTURES,
    EXTREME_PICTURES,
    SETTINGS,
    NUMBERS,
    NAMES,
    LOAD,
    SUPPLY,
)

CAMPAIGNS: dict[str, Campaign] = {each.name: each for each in _ALL}
