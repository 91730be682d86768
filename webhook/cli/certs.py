"""`taxiway certs`: an own CA and a server certificate, for a machine and for tests."""

from pathlib import Path

from webhook.cli import exits
from webhook.cli.exits import complain, quiet_broken_pipe
from webhook.server.certificates import Foreign, make_certificates


def certs(directory: Path, hosts: tuple[str, ...]) -> int:
    """Files that still serve are kept. `hosts` are the names and addresses of the server."""
    try:
        made = make_certificates(directory, hosts)
    except OSError as error:
        complain(
            f"{directory}: certificates cannot be made there: {error.strerror}; "
            "name a directory that can be written"
        )
        return exits.BAD_INPUT
    except Foreign as error:
        complain(str(error))
        return exits.BAD_INPUT
    except ValueError as error:
        complain(f"--host: {error}")
        return exits.BAD_INPUT
    with quiet_broken_pipe():
        for path in made:
            print(path)
    return exits.OK
