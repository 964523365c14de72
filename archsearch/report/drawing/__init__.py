"""How figures look and how they become files; what they show is their sections'."""
