"""What is freed of large blocks of memory goes back to the system at once, and for good.

glibc gives a block of 128 KiB or more pages of its own, which go back when it is freed; but with
the first one that is, it raises that limit to the block's size, up to 32 MiB. From then on half a
second's lines of the log (2 MiB at 5,000 requests a second), a body or a change of policy lie among
small blocks, and what they leave behind is never whole again: some 3 MiB by 200,000 requests, and
still growing. A limit that is set is not raised.

That is 600 pages for each such chunk of the log, a tenth of a millisecond every half second.
"""

import ctypes

LARGE_BYTES = 128 * 1024  # glibc's own first limit
_MMAP_THRESHOLD = -3  # M_MMAP_THRESHOLD of malloc.h


def give_back_large_blocks() -> None:
    """To be called once, early. Another C library than glibc does as it does."""
    try:
        limit = ctypes.CDLL(None).mallopt
    except AttributeError:
        return
    limit(_MMAP_THRESHOLD, LARGE_BYTES)
