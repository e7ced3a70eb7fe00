"""What a command says when it cannot do what it was asked."""

import click


class WrongInputError(click.ClickException):
    """The command line itself is wrong: one line, exit code 2."""

    exit_code = 2
