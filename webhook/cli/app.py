"""The commands of `taxiway`: their options, and nothing of their work.

Each command imports its own file when it is called: `taxiway version` takes a tenth of a second
and must not wait for a web server. Commands of many options stand in files of their own, as
`diff_options`; those that several have, in `common_options`.
"""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from webhook.cli import (
    audit_options,
    dags_options,
    diff_options,
    explain_options,
    lint_options,
    test_options,
)
from webhook.cli import given_names as given
from webhook.cli.common_options import (
    ContextOption,
    KubeconfigOption,
    NowOption,
    Output,
    OutputOption,
    PoliciesOption,
    UserOption,
    day,
    end,
)
from webhook.cli.plain_serve import plain_serve
from webhook.cli.serve_options import ServeOptions
from webhook.cli.streams import standard_streams
from webhook.cli.with_options import with_options

# Tracebacks with local variables (typer's own default) would print whole pods.
app = typer.Typer(
    name="taxiway",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """The entry point of the `taxiway` command and of `python -m webhook`."""
    with standard_streams():
        settings = plain_serve(sys.argv[1:], os.environ)
        if settings is not None:
            from webhook.cli import serve as command

            sys.exit(command.serve(settings))
        app(prog_name="taxiway")


def _version_alone(asked: bool) -> None:
    if asked:
        version()


@app.callback()
def every_command(
    _: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version_alone, is_eager=True, help="As `taxiway version`."
        ),
    ] = False,
) -> None:
    """Give Airflow pods what their team's policy says, and refuse pods that nobody pays for."""


@app.command(short_help="Serve the admission webhook over HTTPS.")
@with_options
def serve(options: ServeOptions) -> None:
    """Serve the admission webhook over HTTPS, by the policies of a directory or of ConfigMaps.

    With --policies configmaps they are those ConfigMaps of --namespace that are labelled
    taxiway/policy: live. Changed policies and certificates are taken up as they are; bad ones are
    refused, and the last good ones stay. SIGTERM drains. Each option can be given by the
    environment variable named.
    """
    from webhook.cli import serve as command

    end(command.serve(options.settings()))


@app.command(short_help="Show what Taxiway would do with pods.")
def review(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE", help="YAML or JSON; - is standard input.")
    ],
    policies: PoliciesOption,
    user: UserOption = None,
    namespace: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", callback=given.namespace, help="Of pods that do not name their own."
        ),
    ] = None,
    govern_all: Annotated[
        bool,
        typer.Option("--all", help="As in a namespace labelled taxiway/govern: all."),
    ] = False,
    now: NowOption = None,
    output: OutputOption = Output.text,
) -> None:
    """Show what Taxiway would do with pods: the patch, and every rule they break.

    Takes Pods, Lists, pod templates in Jobs, CronJobs, Deployments, StatefulSets and the like,
    SparkApplications, and whole AdmissionReviews. Needs no cluster.

    Exit code: 0 all allowed, 1 something denied, 2 bad input or policy.
    """
    from webhook.cli import review as command

    settings = command.ReviewSettings(
        policies=policies,
        files=tuple(files),
        today=day(now),
        user=user,
        namespace=namespace,
        govern_all=govern_all,
        as_json=output is Output.json,
    )
    end(command.review(settings))


app.command(short_help="Check policies.")(lint_options.lint)
app.command(short_help="Show why Taxiway decides about a pod as it does.")(explain_options.explain)
app.command("test", short_help="Run the tests of policies.")(test_options.run_tests)
app.command(short_help="Show what a change of policy does to pods.")(diff_options.diff)
app.command(short_help="Show what Taxiway would do with the pods of DAGs.")(dags_options.dags)
app.command(short_help="Hold what runs in a cluster against the policies.")(audit_options.audit)


@app.command(short_help="Show by which policies the replicas of a cluster answer.")
def policies(
    namespace: Annotated[
        str,
        typer.Option(
            "--namespace",
            "-n",
            metavar="NAME",
            callback=given.namespace,
            help="The service's own.",
        ),
    ],
    kubeconfig: KubeconfigOption = None,
    context: ContextOption = None,
    output: OutputOption = Output.text,
) -> None:
    """Show by which policy set each replica of a cluster answers, its errors, and if all agree.

    Exit code: 0 they agree and all is well, 1 they do not or it is not, 2 it cannot be read.
    """
    from webhook.cli import replicas as command

    settings = command.ReplicasSettings(
        namespace=namespace,
        kubeconfig=kubeconfig,
        context=context,
        as_json=output is Output.json,
    )
    end(command.replicas(settings))


@app.command(short_help="Print the JSON Schema of policies.")
def schema(
    tests: Annotated[
        bool, typer.Option("--tests", help="That of documents of policy tests.")
    ] = False,
) -> None:
    """Print the JSON Schema of the policy language, or of its tests, for editors."""
    from webhook.cli import schema as command

    end(command.schema(tests=tests))


@app.command(short_help="Make certificates for development.")
def certs(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="Where ca.crt, tls.crt and tls.key go.")
    ],
    host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A name or address of the server; may be repeated."),
    ] = None,
) -> None:
    """Make a CA and a server certificate for development. Those that still serve are kept."""
    from webhook.cli import certs as command

    end(command.certs(directory, tuple(host or ("localhost", "127.0.0.1"))))


@app.command()
def version() -> None:
    """Print the version."""
    from webhook.cli import version as command

    end(command.version())
