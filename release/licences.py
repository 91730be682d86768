"""What an installed package says of its licence, in CycloneDX's form.

| its metadata                        | becomes                                                    |
|-------------------------------------|------------------------------------------------------------|
| License-Expression                  | that SPDX expression, and nothing else counts (PEP 639)    |
| License, and classifiers `License`  | each thing that is said, once: by its SPDX id if it is one |
|                                     | of those below, else by the words that were used           |
| nothing                             | nothing: somebody has to look                              |
"""

from typing import Any, Protocol

# By the words that older metadata uses. `BSD License` is not there: it does not say which.
SPDX = {
    "Apache 2.0": "Apache-2.0",
    "Apache-2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD-2-Clause": "BSD-2-Clause",
    "BSD-3-Clause": "BSD-3-Clause",
    "ISC": "ISC",
    "ISC License": "ISC",
    "ISC License (ISCL)": "ISC",
    "MIT": "MIT",
    "MIT License": "MIT",
    "MPL-2.0": "MPL-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "PSF-2.0": "PSF-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
LONGEST_NAME = 100  # what is longer is the text of a licence, and not its name


class Metadata(Protocol):
    """Of an installed package: any number of values by each field's name."""

    def get_all(self, name: str, failobj: None = None, /) -> list[Any] | None: ...


def licences(metadata: Metadata) -> list[dict[str, Any]]:
    """CycloneDX `licenses`: one expression, or any number of licences."""
    expressions = metadata.get_all("License-Expression")
    if expressions:
        return [{"expression": expressions[0]}]
    return [_licence(said) for said in _distinct(metadata)]


def _distinct(metadata: Metadata) -> list[str]:
    """SPDX ids where they are known, in a stable order."""
    classifiers = metadata.get_all("Classifier") or []
    said = [
        *(metadata.get_all("License") or []),
        *(each.split(" :: ")[-1] for each in classifiers if each.startswith("License :: ")),
    ]
    names = {SPDX.get(each, each) for each in map(str.strip, said)}
    return sorted(name for name in names if name and len(name) <= LONGEST_NAME)


def _licence(name: str) -> dict[str, Any]:
    return {"license": {"id" if name in SPDX.values() else "name": name}}
