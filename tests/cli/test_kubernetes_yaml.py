"""YAML as kubectl reads it: each row is a plain scalar, or a whole text that is refused."""

import pytest

from webhook.cli.kubernetes_yaml import YamlError, plain_scalar, read_yaml, write_yaml

SCALARS = [
    ("a word is text", "load", "load"),
    ("nothing is null", "", None),
    ("a tilde is null", "~", None),
    ("yes is true, as in YAML 1.1", "yes", True),
    ("off is false, as in YAML 1.1", "off", False),
    ("y is true to kubectl, though not to PyYAML", "y", True),
    ("a date is text, though not to PyYAML", "2026-01-02", "2026-01-02"),
    ("a time is text, though 45045 to PyYAML", "12:30:45", "12:30:45"),
    ("a number is a number", "10", 10),
    ("a negative number", "-10", -10),
    ("a leading zero means octal", "0644", 420),
    ("0o means octal too", "0o644", 420),
    ("no digit of octal makes it decimal, with a fraction", "089", 89.0),
    ("0x means hexadecimal", "0x1F", 31),
    ("0b means binary", "-0b101", -5),
    ("underscores separate digits", "1_000", 1000),
    ("the largest unsigned integer", "18446744073709551615", 2**64 - 1),
    ("more than 64 bits become a float", "18446744073709551616", 18446744073709551616.0),
    ("more than 64 bits of hexadecimal stay text", "0x10000000000000000", "0x10000000000000000"),
    ("an exponent makes a float", "1e3", 1000.0),
    ("a float beyond all floats stays text", "1e999", "1e999"),
    ("not a number is text, which JSON can hold", ".nan", ".nan"),
    ("a quantity is text", "500m", "500m"),
    ("a version is text", "3.3.2", "3.3.2"),
]


@pytest.mark.parametrize(
    ("text", "value"), [row[1:] for row in SCALARS], ids=[r[0] for r in SCALARS]
)
def test_a_plain_scalar(text: str, value: object) -> None:
    read = plain_scalar(text)
    assert (read, type(read)) == (value, type(value))


def test_documents_come_with_the_lines_they_begin_at() -> None:
    text = "kind: Pod\n---\n# nothing but this\n---\n- 1\n- 'on'\n"
    assert list(read_yaml(text)) == [(1, {"kind": "Pod"}), (4, None), (5, [1, "on"])]


def test_an_anchor_stands_for_its_value_and_a_merge_key_adds_what_is_absent() -> None:
    text = "a: &team {team: payments, tier: x}\nb: *team\nc:\n  tier: z\n  <<: *team\n"
    (_, value), *_ = read_yaml(text)
    team = {"team": "payments", "tier": "x"}
    assert value == {"a": team, "b": team, "c": {"team": "payments", "tier": "z"}}


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
)
REFUSED = [
    ("a key given twice", "a: 1\nb: 2\na: 3\n", 3, "`a` is given twice in one mapping; keep one"),
    ("a key that is a list", "? [a]\n: 1\n", 1, "a key must be text"),
    ("100,000 brackets", "[" * 100_000, 1, "more than 100 levels deep; no Kubernetes object is"),
    ("100,000 dashes", "- " * 100_000, 1, "more than 100 levels deep; no Kubernetes object is"),
    (
        "aliases of aliases of aliases",
        BOMB,
        5,
        "aliases stand for more than 100,000 values; write them out",
    ),
    ("an alias of what holds it", "a: &a [*a]\n", 1, "*a stands for nothing that ends before it"),
    (
        "a tag that makes an object",
        "a: !!python/name:os.system x\n",
        1,
        "the tag tag:yaml.org,2002:python/name:os.system has no meaning in Kubernetes; take it out",
    ),
    (
        "a tag on a mapping",
        "a: !!set {x}\n",
        1,
        "the tag tag:yaml.org,2002:set has no meaning in Kubernetes; take it out",
    ),
    ("a tab for indentation", "a:\n\tb: 1\n", 2, "found character that cannot start any token"),
]


@pytest.mark.parametrize(
    ("text", "line", "reason"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_what_is_refused(text: str, line: int, reason: str) -> None:
    with pytest.raises(YamlError) as refused:
        list(read_yaml(text))
    assert (refused.value.line, str(refused.value)) == (line, reason)


def test_documents_before_a_mistake_are_read() -> None:
    read = read_yaml("a: 1\n---\nb: [\n")
    assert next(read) == (1, {"a": 1})
    with pytest.raises(YamlError):
        next(read)


def test_written_yaml_keeps_order_and_each_scalar_on_its_line() -> None:
    assert write_yaml({"z": ["a" * 200, "on"], "a": {"k": "x\ny"}}) == [
        "z:",
        f"- {'a' * 200}",
        "- 'on'",
        "a:",
        "  k: |-",
        "    x",
        "    y",
    ]
