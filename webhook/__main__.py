"""`python -m webhook` is the `taxiway` command."""

from webhook.cli.app import main

main()
