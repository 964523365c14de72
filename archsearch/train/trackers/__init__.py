"""Other programs' records of a training (``train.log``), each by its own library."""

from archsearch.train.trackers.tracking import Tracked, Tracking, tracking

__all__ = ["Tracked", "Tracking", "tracking"]
