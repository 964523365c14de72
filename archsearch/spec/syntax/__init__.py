"""A spec as written: nodes parsed to layers, values and expressions with their places."""
