"""The course exercise from end to end: what is trained, and what is answered from it."""
