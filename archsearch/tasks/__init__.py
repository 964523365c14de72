"""See the package page in the docs."""
