"""archsearch: declarative architecture search for convolutional autoencoders."""

__version__ = "0.1.0"
