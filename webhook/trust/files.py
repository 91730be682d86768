"""How a file is put in place: whole, and with its mode from its first moment.

There is no moment in which another user could read a private key, and none in which somebody who
opens the file would find half of it.
"""

import os
from pathlib import Path


def put_in_place(path: Path, content: bytes, mode: int) -> None:
    """Raises OSError."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
    draft.replace(path)
