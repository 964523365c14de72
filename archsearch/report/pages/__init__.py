"""From findings to files: the pages, the tables for programs, and the figures."""
