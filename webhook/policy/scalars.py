"""What YAML makes of a word without quotes: `on` is true, `010` is eight, `1:30` is ninety.

A word that a YAML 1.1 reader (PyYAML, kubectl) or a YAML 1.2 reader (most editors) takes for
something other than a string is no string here either: the author must quote it, and then all
readers agree.
"""

import json
import re
from enum import Enum
from functools import lru_cache

from webhook.policy.parser import implicit_tag


class Meaning(Enum):
    """What a word stands for; the value is how a message says it."""

    STRING = "a string"
    NULL = "nothing"
    BOOLEAN = "a boolean"
    NUMBER = "a number"
    DATE = "a date"
    MERGE = "a merge key"


_TAGS = {
    "tag:yaml.org,2002:null": Meaning.NULL,
    "tag:yaml.org,2002:bool": Meaning.BOOLEAN,
    "tag:yaml.org,2002:int": Meaning.NUMBER,
    "tag:yaml.org,2002:float": Meaning.NUMBER,
    "tag:yaml.org,2002:timestamp": Meaning.DATE,
    "tag:yaml.org,2002:merge": Meaning.MERGE,
}
# YAML 1.2.2, section 10.3.2: numbers that YAML 1.1 reads as strings, such as 1e3 and 0o17.
_NUMBER_1_2 = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+"
)
_LONGEST = 64  # no number or date that a person writes is longer; and it keeps the cache small
_LONGEST_NAME = len("false")  # of the words that begin with a letter and are no strings
DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,18})")  # up to 64 bits, the same in each YAML
DECIMAL_FRACTION = re.compile(r"-?(?:0|[1-9][0-9]{0,18})(?:\.[0-9]{1,18})?")


def meaning(word: str) -> Meaning:
    """What a word without quotes means."""
    if len(word) > _LONGEST or (len(word) > _LONGEST_NAME and word[0].isalpha()):
        return Meaning.STRING
    return _meaning(word)


@lru_cache(maxsize=8192)
def _meaning(word: str) -> Meaning:
    tag = implicit_tag(word)
    if tag is not None:
        return _TAGS.get(tag, Meaning.STRING)
    return Meaning.NUMBER if _NUMBER_1_2.fullmatch(word) else Meaning.STRING


def quoted(text: str) -> str:
    """The text as a YAML string that every reader takes for one."""
    return json.dumps(text, ensure_ascii=False)
