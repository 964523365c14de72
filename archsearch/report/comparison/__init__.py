"""Several studies beside each other: whether their correlations differ, in numbers and words."""
