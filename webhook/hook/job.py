"""Which pods are the template of a Job.

A KubernetesJobOperator has its pod made by the code of KubernetesPodOperator, and the hook is
called on that: nothing on the pod says yet that a Job will own it. Policies may tell the two apart
(`workloads`), and an author is told the name of the operator to mend. Who called is a fact.
Source: `build_job_request_obj` in cncf.kubernetes `operators/job.py`, from 8.0 on.
"""

from types import FrameType

_BUILDER = "build_job_request_obj"
_FRAMES = 16  # from the hook to there are 6 or 7, pluggy's among them


def is_of_job(frame: FrameType | None) -> bool:
    """Whether this frame was reached from the operator's making of a Job."""
    for _ in range(_FRAMES):
        if frame is None:
            return False
        if frame.f_code.co_name == _BUILDER:
            return True
        frame = frame.f_back
    return False
