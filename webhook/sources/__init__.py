"""Where policies come from: a directory of YAML, read by a loader process of its own.

- `directory`: the policy files of a directory, as bytes, and when they have changed.
- `loader`: the process that watches, parses and checks. It alone knows YAML.
- `frames`: what it says to the serving process, over a pipe.
- `follower`: the serving side: starts the loader, takes over what it sends, compiles in slices.
- `history`: the set in force, and those of the last minute.
"""
