"""`taxiway schema`: the JSON Schema of the policy language, or of its tests, for editors."""

from json import dumps

from webhook.cli import exits
from webhook.cli.exits import quiet_broken_pipe
from webhook.policy.json_schema import cases_json_schema, json_schema


def schema(*, tests: bool) -> int:
    with quiet_broken_pipe():
        print(dumps(cases_json_schema() if tests else json_schema(), indent=2))
    return exits.OK
