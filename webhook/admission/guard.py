"""Whether the labels that policy judges are those whose changes the API server asks about.

An UPDATE of a pod is sent here only where something differs that the webhook configuration
names, and labels are named there one by one: the installation's `guard.labels`. A policy may
choose other keys for the team and the cost center; a change of those would then pass unseen.
Labels that are named and that no policy reads only cost calls: nothing is said of them.
"""

from webhook.policy.spec import LabelKeys


def unguarded(labels: LabelKeys, guarded: tuple[str, ...] | None) -> tuple[str, ...]:
    """A warning for each label of the policy's that is not guarded; none where nobody told."""
    if guarded is None:
        return ()
    keys = (labels.team, labels.cost_center)
    return tuple(
        f"changes of label {key} are not checked: add it to guard.labels of Taxiway's chart, or "
        "set the policy's labels to what is guarded"
        for key in dict.fromkeys(keys)
        if key not in guarded
    )
