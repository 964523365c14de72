"""What a net is fed and what it should give back: each task with its options and its words.

One file a task declares it (:class:`~archsearch.config.tasks.kind.TaskKind`); its tensors
are in ``archsearch.tasks``, in a file of the same name.
"""
