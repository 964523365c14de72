"""The trained net of a run on a person's pictures, at their own size.

::

    file ─ read_photograph ─▶ Photograph ─ predict_picture(net) ─▶ Photograph ─ write_png ─▶ file
                                │  tiles of the net's size, half overlapping,
                                └─ faded into each other (Grid)
"""

from archsearch.apply.encode import EncodedPicture, EncodedRun, encode_run
from archsearch.apply.net import TileNet, load_net
from archsearch.apply.picture import Photograph, read_mask, read_photograph
from archsearch.apply.predict import OnTiles, PredictedPicture, predict_picture
from archsearch.apply.run import AppliedRun, Failed, Watch, Written, apply_run
from archsearch.apply.write import write_png, write_side_by_side

__all__ = [
    "AppliedRun",
    "EncodedPicture",
    "EncodedRun",
    "Failed",
    "OnTiles",
    "Photograph",
    "PredictedPicture",
    "TileNet",
    "Watch",
    "Written",
    "apply_run",
    "encode_run",
    "load_net",
    "predict_picture",
    "read_mask",
    "read_photograph",
    "write_png",
    "write_side_by_side",
]
