"""The command line: one module a command group, each imported when its command is called."""


def main() -> None:
    """Run the `rankcert` command."""
    from proofs_check.cli.app import app

    app(prog_name="rankcert")
