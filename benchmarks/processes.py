"""What the kernel says of a process: what it has run for, what memory it holds, its children."""

from pathlib import Path


def cpu_microseconds(pid: int) -> float:
    """What all threads of a process have run for; its children are not in it."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1000


def memory(pid: int) -> tuple[float, float]:
    """Resident now, and at its peak, in MiB."""
    status = dict(
        line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines()
    )
    now, peak = (int(status[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
    return now, peak


def child(pid: int) -> int:
    """The one child of a process: a service's loader."""
    (found,) = children(pid)
    return found


def children(pid: int) -> list[int]:
    """Whoever its threads have started; none where it has ended."""
    try:
        tasks = Path(f"/proc/{pid}/task").iterdir()
        return [int(each) for task in tasks for each in (task / "children").read_text().split()]
    except OSError:
        return []
