"""A finding a file: what it computes, its sentences, warnings, tables, figures and JSON."""
