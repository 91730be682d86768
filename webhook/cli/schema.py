"""`taxiway schema`: the JSON Schema of the policy language, for editors."""

from json import dumps

from webhook.cli import exits
from webhook.cli.exits import quiet_broken_pipe
from webhook.policy.json_schema import json_schema


def schema() -> int:
    with quiet_broken_pipe():
        print(dumps(json_schema(), indent=2))
    return exits.OK
