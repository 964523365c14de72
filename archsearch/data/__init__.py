"""Named sources of pictures → one uint8 tensor and its splits.

A source is decoded once into an array in the cache; every later load and every other
process maps that array. `load_pictures` is what a training calls.
"""

from archsearch.data.cache import cache_root
from archsearch.data.gray import is_gray
from archsearch.data.load import PreparedSource, load_pictures, prepare_source
from archsearch.data.pictures import Pictures
from archsearch.data.source import Allocate, Content, Images, OnProgress, Source
from archsearch.data.sources import SourceInfo, list_sources, native_size

__all__ = [
    "Allocate",
    "Content",
    "Images",
    "OnProgress",
    "Pictures",
    "PreparedSource",
    "Source",
    "SourceInfo",
    "cache_root",
    "is_gray",
    "list_sources",
    "load_pictures",
    "native_size",
    "prepare_source",
]
