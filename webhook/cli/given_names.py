"""Values of options that can be told to be wrong before any work: callbacks and parsers for typer.

A namespace that nobody can have matches nothing, so that a misspelt one would look like an answer.
"""

from pathlib import Path

import typer


def namespace(name: str | None) -> str | None:
    """Raises BadParameter where no namespace can be named so."""
    if name is not None:
        from webhook.policy.kubernetes_names import dns_label

        problem = dns_label(name)
        if problem is not None:
            raise typer.BadParameter(problem)
    return name


def namespaces(names: list[str] | None) -> list[str] | None:
    """The same of an option that may be repeated."""
    for name in names or ():
        namespace(name)
    return names


def kubeconfig(file: Path | None) -> Path | None:
    """Raises BadParameter where there is no such file: the client would look for another."""
    if file is not None and (file.is_dir() or not file.exists()):
        raise typer.BadParameter(
            f"`{file}` is no file; give a kubeconfig, or leave it out to use kubectl's"
        )
    return file


def policies(text: str) -> Path:
    """A parser, since a Path of no characters is `.`. Raises BadParameter where it has none."""
    if not text:
        raise typer.BadParameter("is empty; give where the policies are, or . for this directory")
    return Path(text)
