"""A large block that was freed is no longer this process's, whatever lies behind it."""

import subprocess
import sys

MIB = 1024 * 1024
# Twice: glibc by itself gives the first one back, and raises its limit as it does.
CODE = f"""
from mmap import PAGESIZE
from pathlib import Path
from webhook.cli.large_blocks import give_back_large_blocks
def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGESIZE
give_back_large_blocks()
bytearray({{size}})
before = resident()
large = bytearray(b"x") * {{size}}
behind = [bytes(1000) for _ in range(1000)]
between = resident()
del large
print(between - before > {8 * MIB}, resident() - before < {4 * MIB})
"""


def test_a_large_block_goes_back_though_others_lie_behind_it() -> None:
    code = CODE.replace("{size}", str(10 * MIB))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout == "True True\n"
