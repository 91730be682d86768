"""How large a policy set may be, and why: each limit bounds time, memory or a Kubernetes object.

Reading costs about 0.5 µs a byte and decided memory about 3 KiB a team, hence the figures.
"""

# Sources.
FILE_BYTES = 1 << 20  # a ConfigMap holds 1 MiB: what is larger could never be stored as one
SET_BYTES = 16 << 20  # 20,000 teams at 350 bytes are 7 MiB, and room for policies twice as wordy
FILES = 5_000  # one a team in large companies; each is opened and sorted at each load
DOCUMENTS = 25_000  # one for each team (20,000), profile, requirement, stage and exemption (2,200)
DEPTH = 32  # the deepest place of the language, a label selector's values, is at depth 14
PROBLEMS = 1_000  # a person reads fewer; at 200 bytes each they are 200 KiB in a log line
SUGGESTIONS = 100  # of a document; each compares a name with its neighbours, at up to 1 ms

# Whole set.
TEAMS = 20_000  # twice the largest company asked for; 60 MiB in the serving process
PROFILES = 500  # each label value that picks one is a choice a DAG author must know
REQUIREMENTS = 200  # each that applies is tested for each pod, at about 0.2 µs: 40 µs
STAGES = 500  # a cluster's namespaces are in the hundreds once globs fold them
EXEMPTIONS = 1_000  # more than one team in twenty waived is no policy; each is reviewed by a person
UNINDEXED_GLOBS = 100  # each is tried on every pod, at about 0.1 µs: 10 µs a request

# One block. A pod that gets all of one block at its limits stays under etcd's 1.5 MiB an object:
# labels and selectors 64 * 380 bytes, annotations 128 KiB, tolerations 64 * 500, affinity 64 KiB
# of terms, env 128 KiB, which is under 0.5 MiB.
LABELS = 64  # AWS cost allocation reads 50 of a pod; the author's own come on top
ANNOTATIONS = 64
ANNOTATION_BYTES = 128 << 10  # the API server takes 256 KiB a pod; half of it is the author's
TOLERATIONS = 64  # one a node pool; a cluster has tens
NODE_TERMS = 64  # the cross product with the author's terms has at most 64
AFFINITY_TERMS = 32  # of one kind; the scheduler tests each against each pod that runs
EXPRESSIONS = 32  # of one term or selector
EXPRESSION_VALUES = 256  # of one expression: all zones of all regions of a cloud are under 200
SPREAD_CONSTRAINTS = 16  # pairs of topologyKey and whenUnsatisfiable: host, zone, region, twice
PULL_SECRETS = 32  # one a registry
ENV = 128
RESOURCES = 32  # cpu, memory, storage, a few huge page sizes and device kinds

# Lists of names.
NAMES = 1_000  # in one list of a match or members block: longer ones are a glob or several teams
VALUES = 1_000  # that a requirement allows: cost centers of a whole company
COST_CENTERS = 200  # of one team; a denial shows a few of them
CONTROLLERS = 200
WAIVES = 50

# Texts that a person reads in a denial, which is one line of at most 2,000 characters.
TEXT = 500
ROLE = 512  # an IAM role's ARN is at most 31 + 512 (path) + 64 (name), and paths are short in use
