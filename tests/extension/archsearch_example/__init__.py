"""An extension of archsearch: one descriptor in each module, its tensors in ``tensors``."""
