"""The table of values in the chart's README, made of the comments in its values.yaml.

    python charts/table.py            writes it anew
    python charts/table.py --check    fails where it is stale

A row is a value that has no keys of its own, or whose keys are the user's (`{}`, or written on one
line). The comment right above its key says what it means and why it is what it is.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

CHART = Path(__file__).parent / "taxiway"
BEGIN, END = "<!-- values -->\n", "<!-- end of values -->"


class Row(NamedTuple):
    key: str  # its whole path, with dots
    default: Any
    meaning: str


def rows(values: str) -> Iterator[Row]:
    """Every row, in the order of the file."""
    root = yaml.compose(values, yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode):
        raise SystemExit("values.yaml has to be a mapping")
    yield from _under(root, "", values.splitlines())


def _under(node: yaml.MappingNode, path: str, lines: list[str]) -> Iterator[Row]:
    for key, value in node.value:
        name = f"{path}{key.value}"
        if isinstance(value, yaml.MappingNode) and value.value and not value.flow_style:
            yield from _under(value, f"{name}.", lines)
        else:
            default = yaml.SafeLoader("").construct_object(value, deep=True)
            yield Row(name, default, _comment(lines, key.start_mark.line))


def _comment(lines: list[str], line: int) -> str:
    """The lines of comment right above this one."""
    words: list[str] = []
    while line > 0 and lines[line - 1].lstrip().startswith("# "):
        line -= 1
        words.insert(0, lines[line].lstrip().removeprefix("# "))
    return " ".join(words)


def table(values: str) -> str:
    head = "| value | default | meaning |\n|---|---|---|\n"
    lines = (
        f"| `{key}` | {_shown(default)} | {meaning} |\n" for key, default, meaning in rows(values)
    )
    return head + "".join(lines)


def _shown(default: Any) -> str:
    text = default if isinstance(default, str) else json.dumps(default)
    if not text:
        return "empty"
    return "see `values.yaml`" if "\n" in text else f"`{text}`"


def with_table(readme: str, values: str) -> str:
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{table(values)}{END}{after}"


def main() -> int:
    readme, values = CHART / "README.md", CHART / "values.yaml"
    fresh = with_table(readme.read_text(), values.read_text())
    if "--check" not in sys.argv:
        readme.write_text(fresh)
    elif fresh != readme.read_text():
        print("charts/taxiway/README.md is stale: run `make chart`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
