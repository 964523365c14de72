"""From a family to one model: unfolded, sized and held against the task."""
