"""The command line, and the composition root: here alone the rooms meet files and the terminal.

`app` holds the commands and their options; each command's work is a file of its own, imported
when it is called, so that `taxiway version` does not wait for what `taxiway serve` needs.
"""
