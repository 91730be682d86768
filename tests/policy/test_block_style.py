"""What is read without the YAML parser is what the parser reads, value by value, place by place.

The parser itself is the judge. Which documents are left to it is said as well, since one that is
read sooner by mistake could hide an error.
"""

from random import Random
from typing import Any

import pytest

from webhook.policy.block_style import block_style
from webhook.policy.nodes import Mapping, Scalar, Sequence, compose

SEEDS = 20
DOCUMENTS_A_SEED = 100  # 2,000 documents: 1 s

READ_SOONER = {
    "keys and plain values": "a: b\nc: d e\n",
    "the first line begins a document": "---\na: b\n",
    "blank lines and comments": "# one\na: b\n\n   # two\nc: d\n",
    "a mapping in a mapping, and back": "a:\n  b:\n    c: d\n  e: f\ng: h\n",
    "a list, deeper than its key": "a:\n  - b\n  - c\nd: e\n",
    "a list in its key's column": "a:\n- b\n- c\nd: e\n",
    "lists of mappings": "a:\n- b: c\n  d: e\n-   f: g\n    h: i\nj: k\n",
    "a list in a mapping in a list": "a:\n- b:\n  - c\n  d: e\n- f: g\n",
    "quotes": "a: 'b: c # d'\ne: \"f\"\ng: ''\nh:\n- '*'\n- \"x\"\n",
    "colons and stars within words": "a: arn:aws:iam::1:role/x_*\n",
    "words that are no strings": "a: 010\nb: null\nc: true\n",
    "a value far from its key": "a:     b\n",
    "a list on one line": "a: [b, c d, 'e, f', g]\n",
    "a mapping on one line": "a: {b: c, d:  'e', f: g:h}\n",
    "nothing in flow style": "a: []\nb: { }\n",
    "blanks in flow style": "a: [ b ,c,  d ]\n",
    "flow style in flow style": "a: {b: [c, {d: e}], f: {g: []}}\n",
    "an item in flow style": "a:\n- {b: c}\n- [d]\n- e\n",
    "a comment like a key": "a: b\n# c: d\n# e:\n",
    "an item in quotes like a key": "a:\n- 'b: c'\n- 'd:'\n",
}
LEFT_TO_THE_PARSER = {
    "nothing": "",
    "comments alone": "# one\n",
    "one value": "a\n",
    "a list outermost": "- a\n",
    "flow style on more than one line": "a: [b,\n  c]\n",
    "flow style that is not closed": "a: [b\n",
    "flow style closed by another sign": "a: [b}\n",
    "text behind flow style": "a: [b] c\n",
    "a comma before nothing": "a: [b, ]\n",
    "a comma after nothing": "a: [, b]\n",
    "a comma too few": "a: ['b' 'c']\n",
    "a pair in a list": "a: [b: c]\n",
    "a key alone in flow style": "a: {b, c: d}\n",
    "a key without a value in flow style": "a: {b: , c: d}\n",
    "a key without a blank behind it": "a: {b:c}\n",
    "a key given twice in flow style": "a: {b: c, b: d}\n",
    "a key in quotes in flow style": "a: {'b': c}\n",
    "a key that is a boolean in flow style": "a: {on: c}\n",
    "an alias in flow style": "a: [*b]\n",
    "a comment in flow style": "a: [b #c]\n",
    "flow style within flow style past the limit": f"a: {'[' * 9}{']' * 9}\n",
    "flow style as a key": "[a]: b\n",
    "an alias": "a: *b\n",
    "an anchor": "a: &b c\n",
    "a tag": "a: !!str b\n",
    "a block scalar": "a: |\n  b\n",
    "a comment behind a value": "a: b # c\n",
    "a blank behind a value": "a: b \n",
    "a blank behind a key": "a: \n  b: c\n",
    "a value on more than one line": "a: b\n  c\n",
    "an item on more than one line": "a:\n- b\n  - c\n",
    "a key without a value": "a:\nb: c\n",
    "a key without a value at the end": "a: b\nc:\n",
    "a dash without a value": "a:\n-\n",
    "a list in a list": "a:\n- - b\n",
    "a key given twice": "a: b\na: c\n",
    "a key that is a boolean": "on: b\n",
    "a merge key": "<<: b\n",
    "a key in quotes": "'a': b\n",
    "an escape in quotes": 'a: "b\\n"\n',
    "a quote in quotes": "a: 'b''c'\n",
    "a colon and a blank in a value": "a: b: c\n",
    "a key that stands nowhere": "a:\n    b: c\n  d: e\n",
    "a key that is deeper without a reason": "a: b\n  c: d\n",
    "a dash that stands nowhere": "a:\n  - b\n - c\n",
    "a key in the column of a list's dashes": "a:\n  - b\n  c: d\n",
    "a tab": "a:\tb\n",
    "a carriage return in quotes, which is a new line": "a: 'b\rc'\n",
    "a character that YAML forbids": "# \a\na: 'b\a'\n",
    "letters beyond ASCII": "a: b\xfc\n",
    "a second document's line": "a: b\n---\n",
    "the end of a document": "a: b\n...\n",
    "nesting past the limit": "".join(f"{' ' * depth}a:\n" for depth in range(40))
    + " " * 40
    + "b: c",
}


@pytest.mark.parametrize("text", READ_SOONER.values(), ids=READ_SOONER)
def test_is_read_as_the_parser_reads_it(text: str) -> None:
    node = block_style(text)
    assert node is not None
    assert (shown(node), ()) == (shown(compose(text)[0]), compose(text)[1])


@pytest.mark.parametrize("text", LEFT_TO_THE_PARSER.values(), ids=LEFT_TO_THE_PARSER)
def test_is_left_to_the_parser(text: str) -> None:
    assert block_style(text) is None


@pytest.mark.parametrize("seed", range(SEEDS))
def test_any_lines_are_read_as_the_parser_reads_them_or_left_to_it(seed: int) -> None:
    random = Random(seed)  # noqa: S311  no secret
    texts = ["".join(lines(random)) for _ in range(DOCUMENTS_A_SEED)]
    sooner = [(text, node) for text in texts if (node := block_style(text)) is not None]
    assert len(sooner) > DOCUMENTS_A_SEED // 50
    for text, node in sooner:
        wanted, problems = compose(text)
        assert (text, shown(node), ()) == (text, shown(wanted), problems)


HEADS = ("", "", "- "), ("-  ", "'", "? ", "-")
KEYS = ("a", "b", "c-d", "e.f/g", "h_i"), ("on", "j ", "'k'", "<<", "")
VALUES = (
    ("", "l", "m n", "o:p", "'q: r'", '"s"', "z*", "[t, u v]", "{w: x}", "{y: [], z: {a: '}'}}"),
    ("''", "[t]x", "u #v", "#w", "x#y", "*", "1 ", "[a,, b]", "{c}", "{d: e: f}", "[g:, h]", "[i"),
)


def lines(random: Random) -> list[str]:
    """A document's lines, one in three with something odd; indents mostly fit the line before."""
    made, indent = [], 0
    for number in range(random.randint(1, 7)):
        head, key, value = (
            random.choice(words[random.random() < 0.1]) for words in (HEADS, KEYS, VALUES)
        )
        name = "" if head and random.random() < 0.5 else f"{key}{number % 5}:"
        made.append(f"{' ' * indent}{head}{name}{' ' if name and value else ''}{value}\n")
        deeper = len(head) + (0 if value or not name else 2)
        indent = max(0, indent + random.choice((deeper, deeper, deeper, 0, -2, -4, 1)))
    return made


def shown(node: Any) -> Any:
    """A node as plain data, with all places."""
    place = (node.mark.line, node.mark.column)
    if isinstance(node, Scalar):
        return node.text, node.plain, place
    if isinstance(node, Sequence):
        return [shown(item) for item in node.items], place
    assert isinstance(node, Mapping)
    return {name: (shown(key), shown(value)) for name, (key, value) in node.pairs.items()}, place
