"""Where policies come from: a directory of YAML or ConfigMaps, read by a process of its own.

- `directory`: the policy files of a directory, as bytes, and when they have changed.
- `configmaps`: those of the ConfigMaps of a namespace. `mirror` is what is known of them,
  `composing` which files they make together, of the live set and of the planned one,
  `reflector` lists and watches, `comparison` finds out a watch that has died, `api` asks.
- `quiet`: when changes have come to rest and are one load.
- `loader`: the process that watches, parses and checks. It alone knows YAML.
- `frames`: what it says to the serving process, over a pipe, and what it is asked and told.
- `questions` and `inbox`: the two ends of a question about a change that is not stored yet;
  `judge` answers it.
- `follower`: the serving side: starts the loader, takes over what it sends, compiles in slices.
- `history`: the set in force, and those of the last minute.
- `plan`: what is planned by shadow ConfigMaps, and when that has changed; `planner` loads it,
  `planned_frames` is how it is told of, `planned_follower` takes it over.
- `duties`: what a replica does in its cluster beside that, in a thread; `objects` reads and writes
  for them, `cluster` is their side towards the loader, `replica` puts them together.
- `leadership`: which replica writes, by the rules of `lease`.
- `keeping`: stores the last good set; `recovery` finds it at a start; `last_good` is how it lies in
  ConfigMaps, and `archive` how it is packed.
- `inventory`: what a cluster holds of what policies name, for a person's command; `listing` reads
  whole lists of it.
- `telling`: duties that tell people how it stands: `events` beside ConfigMaps whose `offences` keep
  the set from being loaded, `status` of each replica in a ConfigMap.
"""
