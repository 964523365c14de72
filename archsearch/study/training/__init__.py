"""How a study trains and measures one candidate, and what it takes."""
