"""A page with the help of every command, made when the site is built."""

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from proxyrank.cli.app import app
from typer.main import get_command
from typer.testing import CliRunner

FOLDER = "reference/commands"


def on_files(files: Files, config: MkDocsConfig, **_: object) -> Files:
    """Hook of mkdocs: add one page per command, and their index."""
    names = list(get_command(app).commands)  # type: ignore[attr-defined]
    for name in names:
        files.append(File.generated(config, f"{FOLDER}/{name}.md", content=page(name)))
    listed = "\n".join(f"| [`{name}`]({name}.md) | {_summary(name)} |" for name in names)
    text = f"# Commands\n\nWhat `proxyrank COMMAND --help` prints.\n\n| command | |\n|---|---|\n{listed}\n"
    files.append(File.generated(config, f"{FOLDER}/index.md", content=text))
    return files


def page(name: str) -> str:
    """Markdown of one command and those below it."""
    inner = getattr(get_command(app).commands[name], "commands", {})  # type: ignore[attr-defined]
    texts = [f"# `proxyrank {name}`", f"```text\n{_help(name)}\n```"]
    texts += [f"## `proxyrank {name} {below}`\n\n```text\n{_help(name, below)}\n```" for below in inner]
    return "\n\n".join(texts) + "\n"


def _help(*names: str) -> str:
    done = CliRunner(env={"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}).invoke(app, [*names, "--help"])
    if done.exit_code:
        raise RuntimeError(f"proxyrank {' '.join(names)} --help failed: {done.output}")
    return done.output.strip().replace("Usage: root", "Usage: proxyrank")


def _summary(name: str) -> str:
    own = get_command(app).commands[name]  # type: ignore[attr-defined]
    return (own.help or "").strip().split("\n")[0]
