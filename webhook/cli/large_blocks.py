"""What is freed of large blocks of memory goes back to the system at once, and for good.

glibc gives a block of 128 KiB or more pages of its own, which go back when it is freed; but with
the first one that is, it raises that limit to the block's size, up to 32 MiB. From then on half a
second's lines of the log (2 MiB at 5,000 requests a second), a body or a change of policy lie among
small blocks, and what they leave behind is never whole again: some 3 MiB by 200,000 requests, and
still growing. A limit that is set is not raised.

| limit                               | why so much                                                |
|-------------------------------------|------------------------------------------------------------|
| 512 KiB for pages of its own        | uvloop takes 256 KiB for each read over TLS: with a limit  |
|                                     | below, each request would have its pages made anew, 35 µs  |
| 1 MiB free at the heap's end        | likewise: glibc would give back and take those 256 KiB     |
"""

import ctypes

LARGE_BYTES = 512 * 1024
TRIM_BYTES = 1024 * 1024
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # M_TRIM_THRESHOLD, M_MMAP_THRESHOLD of malloc.h


def give_back_large_blocks() -> None:
    """To be called once, early. Another C library than glibc does as it does."""
    try:
        limit = ctypes.CDLL(None).mallopt
    except AttributeError:
        return
    limit(_MMAP_THRESHOLD, LARGE_BYTES)
    limit(_TRIM_THRESHOLD, TRIM_BYTES)
