"""From a family to one model: unfolded, sized and checked against the task."""
