"""uvicorn with the service's settings and nothing else of ours: what the controls run on.

Our own protocol class and its limits are left out, so that what they cost is not taken for the
floor. TLS is as ours: no session tickets, which would be work at every new connection.
"""

import sys
from typing import Any

from uvicorn import Config, Server


def main(application: Any) -> None:
    """Serve as the command line says: CERTIFICATE KEY PORT [SETTINGS of the application]."""
    serve(application, sys.argv[1], sys.argv[2], int(sys.argv[3]))


def serve(application: Any, certificate: str, key: str, port: int) -> None:
    config = Config(
        application,
        host="127.0.0.1",
        port=port,
        ssl_certfile=certificate,
        ssl_keyfile=key,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=300,
    )
    config.load()
    if config.ssl is not None:
        config.ssl.num_tickets = 0
    Server(config).run()
