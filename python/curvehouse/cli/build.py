"""The commands ``build`` and ``publish``."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from curvehouse.cli.app import HomeOption, app, say, to_home

if TYPE_CHECKING:
    from curvehouse.publish import PublishResult

__all__ = ["build", "publish"]


@app.command()
def build(
    force: Annotated[
        bool,
        typer.Option("--force", help="Build every table anew, also if nothing is new."),
    ] = False,
    variables: Annotated[
        str | None,
        typer.Option("--vars", help="dbt variables, as YAML or JSON.", metavar="YAML"),
    ] = None,
    no_publish: Annotated[
        bool, typer.Option("--no-publish", help="Leave what is published as it is.")
    ] = False,
    home: HomeOption = None,
) -> None:
    """Build and test all tables, then publish them if every test passes.

    When neither the data nor the project has changed since the last build, nothing is built. When
    a table or a test fails, what was published before stays. Prints the path of the published
    file.

    \b
    Examples:
      curvehouse build
      curvehouse build --vars "{risk_free_rate: 0.02}"
    """
    from curvehouse.build import run_build, showing_progress

    with showing_progress() as show:
        result = run_build(
            to_home(home),
            force=force,
            variables=variables,
            publishes=not no_publish,
            on_step=show,
        )
    if result.is_new:
        say(f"Built and tested {result.node_count} models and tests in {result.seconds:.0f} s.")
    else:
        say(f"Nothing new since the build of {_time(result.finished_at)}; --force builds anyway.")
    for warning in result.warnings:
        say(f"Warning: {warning}")
    if result.published is not None:
        _print(result.published)


@app.command()
def publish(home: HomeOption = None) -> None:
    """Publish the tables of the last build, if it was a clean build of everything.

    Readers that have the published file open keep what they see; the next ones get the new one.
    Prints the path of the published file.

    \b
    Example:
      curvehouse publish
    """
    from curvehouse.publish import publish as publish_marts

    _print(publish_marts(to_home(home)))


def _print(published: PublishResult) -> None:
    rows = sum(published.row_counts.values())
    content = f"{len(published.row_counts)} tables, {rows:,} rows"
    if published.is_new:
        say(f"Published {content} as {published.publication_id}.")
    else:
        say(f"Published already, as {published.publication_id}: {content}.")
    typer.echo(published.path)


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
