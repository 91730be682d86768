"""imagePullSecrets: appended by name."""

from collections.abc import Sequence

from webhook.engine.draft import Draft, Part
from webhook.engine.merge.block import Block
from webhook.engine.operation import add


class PullSecrets:
    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = tuple(parts)

    def merge(self, draft: Draft) -> None:
        secrets = draft.pod.spec.image_pull_secrets
        there = {secret.name for secret in secrets or ()}
        for part in self._parts:
            if part.key not in there:
                draft.ensure("/spec/imagePullSecrets", secrets, [])
                draft.add(part)

    def parts(self, draft: Draft) -> Sequence[Part]:  # noqa: ARG002  the same for every pod
        return self._parts


def pull_secrets(blocks: Sequence[Block]) -> PullSecrets | None:
    parts: dict[str, Part] = {}
    for block in blocks:
        for name in block.apply.image_pull_secrets:
            parts.setdefault(name, _part(name, block))
    return PullSecrets(list(parts.values())) if parts else None


def _part(name: str, block: Block) -> Part:
    value = {"name": name}
    return Part(
        "imagePullSecrets",
        name,
        value,
        "/spec/imagePullSecrets",
        f"imagePullSecret {name}",
        block.source,
        block.apply.on_conflict,
        add("/spec/imagePullSecrets/-", value),
    )
