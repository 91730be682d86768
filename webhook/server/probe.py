"""Whether the admission port answers, asked as the API server would: by TCP, TLS and HTTP.

Where clients must show a certificate, the question ends with the server's: that the port shows
the certificate in force is as much as a stranger can find out.
"""

import asyncio
import ssl

PROBE_SECONDS = 2.0
# Where to ask when every address is listened at.
ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  compared with, not bound to
REQUEST = b"GET /mutate HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
ANSWER = b"HTTP/1.1 405 "


async def answers(address: tuple[str, int], certificate: bytes, may_ask: bool) -> bool:
    """Whether the listener at this address shows this certificate (DER) and speaks HTTP.

    `may_ask` is False where clients need a certificate: then nothing is asked by HTTP.
    """
    host, port = address
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            connection = await asyncio.open_connection(ANY.get(host, host), port, ssl=_context())
            return await _speaks(*connection, certificate, may_ask)
    except (OSError, TimeoutError):
        return False


async def _speaks(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, certificate: bytes, may_ask: bool
) -> bool:
    try:
        if writer.get_extra_info("ssl_object").getpeercert(binary_form=True) != certificate:
            return False
        if not may_ask:
            return True
        writer.write(REQUEST)
        return (await reader.readline()).startswith(ANSWER)
    finally:
        writer.close()


def _context() -> ssl.SSLContext:
    """Trusts anyone: what is shown is compared with what should be."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
