"""Reads the loader's frames from its pipe, on the serving loop."""

from asyncio import IncompleteReadError, StreamReader

from webhook.sources.frames import LENGTH_BYTES, MOST_BYTES, BrokenFrame, Frame, decoded


async def read_frame(pipe: StreamReader) -> Frame | None:
    """The next frame; None at the end of the pipe. Raises BrokenFrame."""
    try:
        length = int.from_bytes(await pipe.readexactly(LENGTH_BYTES))
        if length > MOST_BYTES:
            raise BrokenFrame(f"a frame of {length} bytes")
        return decoded(await pipe.readexactly(length))
    except IncompleteReadError:
        return None
