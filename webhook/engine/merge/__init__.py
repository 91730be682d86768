"""How `apply` merges into a pod: one field a file, each with its rule in prose on top.

Adding only: beyond what the rules name, nothing the author wrote is removed or rewritten, no
existing label ever changes, and a second pass over the result gives no operation at all.
"""
