"""A graph as operations in order, and these as records for kernels."""
