"""The pods of files and of standard input, for every command that is given some."""

from collections.abc import Iterable, Iterator

from webhook.cli.documents import DocumentError, named_input, read_bytes, read_documents, unreadable
from webhook.cli.objects import Found, pods_in
from webhook.cli.subject import Defaults, Refusal


def found_in(files: Iterable[str], defaults: Defaults) -> Iterator[Found]:
    """Each pod as it is read, and in its place why something is none."""
    for file in files:
        origin = named_input(file)
        try:
            count = 0
            for line, value in read_documents(read_bytes(file)):
                count += 1
                yield from pods_in(value, f"{origin}:{line}", defaults)
            if not count:
                yield Refusal(origin, "is empty; give a Kubernetes object as YAML or JSON")
        except DocumentError as error:
            yield Refusal(f"{origin}:{error.line}" if error.line else origin, str(error))
        except OSError as error:
            yield Refusal(origin, unreadable(error))
