"""Colors: luminance and chroma, their scores and classes."""
