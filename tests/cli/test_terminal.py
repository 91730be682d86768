"""What reaches a terminal: wrapped lines, and nothing that the terminal would obey."""

import pytest

from webhook.cli.terminal import Row, paragraph, printable


def text(rows: list[Row]) -> list[str]:
    return ["".join(part for part, _ in row) for row in rows]


def test_a_paragraph_is_wrapped_under_its_beginning() -> None:
    assert text(paragraph("  team  ", "one two three four five six", 32)) == [
        "  team  one two three four five",
        "        six",
    ]


def test_a_word_that_is_too_long_stays_whole() -> None:
    assert text(paragraph("- ", "a " + "b" * 50, 20)) == ["- a", "  " + "b" * 50]


def test_what_is_no_terminal_gets_one_line() -> None:
    assert text(paragraph("- ", "word " * 100, None)) == ["- " + ("word " * 100).strip()]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("plain", "plain"),
        ("grün", "grün"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\nb\r\tc", r"a\nb\r\tc"),
        ("\x9b2J", r"\x9b2J"),
        ("\u202egnp", r"\u202egnp"),
        ("\ud800", r"\ud800"),
    ],
    ids=[
        "plain text stays",
        "other alphabets stay",
        "an escape sequence is written out",
        "lines and tabs are written out",
        "a control character of eight bits is written out",
        "a change of direction is written out",
        "half a character is written out",
    ],
)
def test_text_that_an_author_wrote(given: str, shown: str) -> None:
    assert printable(given) == shown
