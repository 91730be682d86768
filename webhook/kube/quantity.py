"""Quantities by value: `1000m` is `1`, `1Gi` is `1073741824`.

Source: apimachinery `pkg/api/resource/quantity.go`: a signed decimal number, then one of the
suffixes n u m k M G T P E (powers of ten), Ki Mi Gi Ti Pi Ei (of 1024), or an exponent e3 / E3.
"""

import re
from decimal import Decimal

_SHAPE = re.compile(
    r"([+-]?(?:\d+\.?\d*|\.\d+))(?:([KMGTPE]i|[numkMGTPE])|[eE]([+-]?\d{1,3}))?", re.ASCII
)
_SCALE: dict[str | None, Decimal] = {
    None: Decimal(1),
    **{suffix: Decimal(1000) ** power for power, suffix in zip((-3, -2, -1), "num", strict=True)},
    **{suffix: Decimal(1000) ** power for power, suffix in enumerate("kMGTPE", 1)},
    **{f"{suffix}i": Decimal(1024) ** power for power, suffix in enumerate("KMGTPE", 1)},
}
MAX_LENGTH = 64  # the API server's own canonical form never has more than 25


def parse_quantity(text: str | int | float) -> Decimal:
    """The exact value, in the resource's base unit (cores, bytes). Raises ValueError."""
    written = str(text)
    shape = _SHAPE.fullmatch(written) if len(written) <= MAX_LENGTH else None
    if shape is None:
        shown = written[:MAX_LENGTH]
        raise ValueError(f"`{shown}` is no quantity; write one such as 500m, 2 or 1Gi")
    number, suffix, exponent = shape.groups()
    if exponent is not None:
        return Decimal(number).scaleb(int(exponent))
    return Decimal(number) * _SCALE[suffix]
