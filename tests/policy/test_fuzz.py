"""Whatever a file holds, the loader answers: a set, or errors that say where. Never anything else.

TAXIWAY_FUZZ_LOADER sets how many documents are tried.
"""

import os
import random
import re
import time
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from webhook.policy.compile import compile_policy
from webhook.policy.errors import PolicyErrors
from webhook.policy.language import DOCUMENT
from webhook.policy.load import Loaded, load

EXAMPLE = (Path(__file__).parent / "example.yaml").read_bytes()
EXAMPLES = int(os.environ.get("TAXIWAY_FUZZ_LOADER", "300"))
SECONDS = 5.0  # a document of at most 64 KiB takes under 0.2 s; the rest is a busy machine
LINE = re.compile(r"(p\.yaml|policies):[1-9][0-9]*:[1-9][0-9]*: [^\n\x00-\x1f]+")
FUZZED = settings(
    max_examples=EXAMPLES,
    deadline=None,  # SECONDS is the bound, measured by each test itself
    suppress_health_check=[HealthCheck.too_slow],
)

# What breaks loaders: YAML's own traps, and words of the language in the wrong place.
SCRAPS = st.sampled_from(
    [
        *(b"---\n", b"...\n", b"\t", b"- ", b"? ", b": ", b"&a ", b"*a", b"<<: ", b"!!binary "),
        *(
            b"{",
            b"}",
            b"[",
            b"]",
            b"'",
            b'"',
            b"|\n",
            b">-\n",
            b"#",
            b"%YAML 1.2\n",
            b"\xff",
            b"\0",
        ),
        *(b"null", b"~", b"on", b"010", b"1e3", b"1:30", b"2026-12-31", b"0x1F", b"-0", b".nan"),
        *(b'"\\ud800"', b"\xef\xbb\xbf", b"\xe2\x80\xa8", b"\r", b"\n", b"  ", b"\xf0\x9f\x98\x80"),
        *(b"9" * 400, b"a" * 3000, b"[" * 200, b"- " * 200, b"{a: " * 50, b"*" * 40),
        *(b"apply", b"match", b"teams", b"label", b"values", b"from", b"role", b"expires", b"key"),
        *(
            b"Exists",
            b"kube2iam",
            b"team.costCenters",
            b"enforce",
            b"spot",
            b"1Gi",
            b"metadata.name",
        ),
    ]
)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """The example with pieces cut out, doubled, moved, and replaced by scraps."""
    data = bytearray(EXAMPLE)
    for _ in range(draw(st.integers(1, 8))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 80)))
        piece = data[start:end]
        data[start:end] = draw(st.one_of(SCRAPS, st.binary(max_size=8), st.just(bytes(piece * 2))))
        if draw(st.booleans()):
            data[draw(st.integers(0, len(data))) : 0] = piece
    return bytes(data)


# Any YAML value, as text in flow style, where a document's keys have theirs.
WORDS = st.sampled_from(
    [
        *("a", "on", "010", "1e3", "~", "''", '"x"', "5", "1.5", "-1", "2026-12-31", "payments"),
        *("'*'", "Exists", "In", "Gt", "cpu", "1Gi", "x.io/y", "kube2iam", "team.costCenters"),
    ]
)
KEYS = st.sampled_from(
    [
        *("apply", "match", "teams", "labels", "key", "operator", "values", "value", "effect"),
        *("members", "iam", "provider", "role", "mode", "label", "container", "env", "resources"),
        *("requests", "limits", "cpu", "name", "affinity", "nodeAffinity", "expires", "waives"),
        *("dags", "tolerations", "maxSkew", "nodeSelectorTerms", "matchExpressions"),
    ]
)
VALUES = st.recursive(
    WORDS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.dictionaries(KEYS, inner, max_size=4).map(
            lambda items: "{" + ", ".join(f"{key}: {value}" for key, value in items.items()) + "}"
        ),
    ),
    max_leaves=24,
)
SECTIONS = st.sampled_from([key for key in DOCUMENT.fields if key != "apiVersion"])


def answer(data: bytes) -> Loaded | None:
    """What the loader makes of one file; None once its errors were found to be in order."""
    began = time.monotonic()
    try:
        return load([("p.yaml", data)])
    except PolicyErrors as errors:
        lines = str(errors).split("\n")
        assert lines == [line for line in lines if LINE.fullmatch(line)]
        return None
    finally:
        assert time.monotonic() - began < SECONDS


@FUZZED
@given(mutated())
def test_a_mutated_policy_loads_or_is_refused_in_order(data: bytes) -> None:
    loaded = answer(data)
    if loaded is not None:
        assert compile_policy(loaded.spec).revision == loaded.spec.revision


@FUZZED
@given(st.dictionaries(SECTIONS, VALUES, max_size=4))
def test_any_values_load_or_are_refused_in_order(sections: dict[str, str]) -> None:
    body = "".join(f"{key}: {value}\n" for key, value in sections.items())
    loaded = answer(f"apiVersion: taxiway/v1\n{body}".encode())
    if loaded is not None:
        assert compile_policy(loaded.spec).revision == loaded.spec.revision


HEAD = "apiVersion: taxiway/v1\n"
FILES = (
    f"{HEAD}mode: warn\nteams: {{a: {{}}, b: {{contact: x}}}}\n",
    f"{HEAD}teams: {{c: {{}}}}\n---\n{HEAD}teams: {{d: {{costCenters: [e]}}}}\n",
    f"{HEAD}profiles: {{p: {{match: {{}}, apply: {{}}}}}}\n",
    f"{HEAD}requirements: [{{label: a}}, {{label: b}}]\n",
    f"{HEAD}stages: [{{namespaces: [x], mode: warn}}]\n",
    f"{HEAD}stages: [{{namespaces: [y], mode: audit}}]\n",
)


@settings(max_examples=min(EXAMPLES, 200), deadline=None)
@given(st.randoms(use_true_random=False))
def test_files_in_any_order_under_any_names_give_the_same_revision(chance: random.Random) -> None:
    texts = list(FILES)
    chance.shuffle(texts)
    files = [(f"{number}.yaml", text.encode()) for number, text in enumerate(texts)]
    found = load(files)
    chance.shuffle(files)
    assert load(files) == found
    assert found.spec.revision == load(enumerate_files()).spec.revision


def enumerate_files() -> list[tuple[str, bytes]]:
    return [(f"{number}.yaml", text.encode()) for number, text in enumerate(FILES)]
