"""The beginning of the process: finds this package without installing it, and runs `child`.

The interpreter that runs this may have no `webhook` on its path, or another release of it. So the
package is put where imports look, from the directory that this file stands in. What is written
here any Python 3 can read, to say that it is too old.
"""

import os
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

TOO_OLD = 78  # EX_CONFIG of sysexits.h


def _adopt() -> None:
    """Make `webhook` importable as the package that this file is a part of."""
    room = Path(__file__).resolve().parent
    # Python puts a script's own directory first on the path: a DAG's `import loading` is not ours.
    sys.path[:] = [entry for entry in sys.path if Path(entry).resolve() != room]
    package = room.parent
    places = [str(package)]
    spec = spec_from_file_location(
        "webhook", str(package / "__init__.py"), submodule_search_locations=places
    )
    if spec is None or spec.loader is None:  # never, of a file
        raise ImportError(str(package))
    module = module_from_spec(spec)
    sys.modules["webhook"] = module
    spec.loader.exec_module(module)


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036  # another interpreter than Taxiway's may run this
        sys.exit(TOO_OLD)
    _adopt()
    from webhook.dags.child import main

    main()
    # All is written. A thread that the import of a DAG has left running would be waited for.
    os._exit(0)
