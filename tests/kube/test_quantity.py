"""Quantities by value, as Kubernetes reads them."""

from decimal import Decimal

import pytest

from webhook.kube.quantity import parse_quantity


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", "1"),
        ("1000m", "1"),
        ("500m", "0.5"),
        ("1u", "0.000001"),
        ("1n", "0.000000001"),
        ("1k", "1000"),
        ("1M", "1000000"),
        ("1G", "1000000000"),
        ("1T", "1000000000000"),
        ("1P", "1000000000000000"),
        ("1E", "1000000000000000000"),
        ("1Ki", "1024"),
        ("1.5Mi", "1572864"),
        ("1Gi", "1073741824"),
        ("1Ti", "1099511627776"),
        ("1Pi", "1125899906842624"),
        ("1Ei", "1152921504606846976"),
        ("1e3", "1000"),
        ("1E3", "1000"),
        ("1e-3", "0.001"),
        ("1e+3", "1000"),
        (".5", "0.5"),
        ("5.", "5"),
        ("+5", "5"),
        ("-5", "-5"),
        ("0", "0"),
        ("007", "7"),
    ],
)
def test_a_quantity_has_this_value(text: str, value: str) -> None:
    assert parse_quantity(text) == Decimal(value)


@pytest.mark.parametrize(("number", "value"), [(2, "2"), (0.5, "0.5"), (1e22, "1E+22")])
def test_a_number_is_a_quantity(number: float, value: str) -> None:
    assert parse_quantity(number) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " 1",
        "1 ",
        "m",
        "1K",
        "1ki",
        "1mi",
        "1e",
        "1e3m",
        "1.2.3",
        "--1",
        "\u0661",
        "1\n",
        "nan",
        "inf",
    ],
)
def test_what_is_no_quantity_is_said_to_be_none(text: str) -> None:
    with pytest.raises(ValueError) as refused:
        parse_quantity(text)
    assert str(refused.value) == f"`{text}` is no quantity; write one such as 500m, 2 or 1Gi"


def test_a_quantity_of_any_length_is_refused_at_once() -> None:
    with pytest.raises(ValueError) as refused:
        parse_quantity("1" * 1_000_000)
    shown = "1" * 64
    assert str(refused.value) == f"`{shown}` is no quantity; write one such as 500m, 2 or 1Gi"
