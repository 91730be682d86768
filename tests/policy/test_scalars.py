"""What a word without quotes means is what YAML's own resolver says of it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from webhook.policy.parser import implicit_tag
from webhook.policy.scalars import Meaning, meaning

WORDS = ("true", "False", "YES", "no", "On", "off", "null", "Null", "y", "N", "falsey", "yes-team")


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.sampled_from(WORDS) | st.text("abefilnorstuyNTFO-_.0123é", min_size=1, max_size=12))
def test_a_word_that_yaml_takes_for_something_else_is_no_string(word: str) -> None:
    if implicit_tag(word) is not None:
        assert meaning(word) is not Meaning.STRING


def test_a_long_name_is_a_string() -> None:
    assert meaning("payments") is meaning("falsey") is meaning("x" * 65) is Meaning.STRING
    assert meaning("false") is Meaning.BOOLEAN
