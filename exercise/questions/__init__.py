"""The exercise's questions, each answered from what reports have written."""
