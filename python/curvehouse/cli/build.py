"""The commands ``build`` and ``publish``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curvehouse.cli.app import HomeOption, app, say, to_home
from curvehouse.errors import UsageError
from curvehouse.home import Home

if TYPE_CHECKING:
    from curvehouse.publish import PublishResult

__all__ = ["build", "publish"]

ParquetOption = Annotated[
    bool | None,
    typer.Option(
        "--parquet/--no-parquet",
        help="Publish each table as a Parquet file too.",
        show_default="as before",
    ),
]


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
    parquet: ParquetOption = None,
    home: HomeOption = None,
) -> None:
    """Build and test all tables, then publish them if every test passes.

    When neither the data nor the project has changed since the last build, nothing is built. When
    a table or a test fails, what was published before stays. A rollback stays too, until a build
    makes something else than what was rolled back. Prints the path of the published file.

    \b
    Examples:
      curvehouse build
      curvehouse build --vars "{risk_free_rate: 0.02}"
    """
    from curvehouse.build import run_build, showing_progress

    if parquet and no_publish:
        raise UsageError("--parquet asks to publish, and --no-publish not to; give one of them.")
    with showing_progress() as show:
        result = run_build(
            to_home(home),
            force=force,
            variables=variables,
            publishes=not no_publish,
            parquet=parquet,
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
def publish(
    rollback: Annotated[
        bool,
        typer.Option("--rollback", help="Put the publication before the present one in force."),
    ] = False,
    parquet: ParquetOption = None,
    spark_folder: Annotated[
        Path | None,
        typer.Option(
            "--from",
            help="Publish what a build on Spark left in DIR, not the home's own tables.",
            metavar="DIR",
        ),
    ] = None,
    home: HomeOption = None,
) -> None:
    """Publish the tables of the last build, if it was a clean build of everything.

    Readers that have the published file open keep what they see; the next ones get the new one.
    The last three publications are kept: --rollback goes back by one, and publish without it ends
    a rollback. Prints the path of the published file.

    \b
    Examples:
      curvehouse publish
      curvehouse publish --parquet
      curvehouse publish --rollback
      curvehouse publish --from /mnt/shared/curves
    """
    from curvehouse.publish import publish as publish_marts

    if not rollback:
        _print(publish_marts(to_home(home), parquet=parquet, spark_folder=spark_folder))
    elif parquet is None and spark_folder is None:
        _roll_back(to_home(home))
    else:
        raise UsageError(
            "--rollback puts an earlier publication in force as it is; leave out --parquet, "
            "--no-parquet and --from."
        )


def _roll_back(home: Home) -> None:
    from curvehouse.publish import roll_back

    done = roll_back(home)
    say(
        f"Rolled back from {done.withdrawn_id} to {done.in_force.publication_id}: "
        f"{_content(done.in_force.row_counts)}, built {_time(done.in_force.finished_at)}."
    )
    typer.echo(home.published_file)


def _print(published: PublishResult) -> None:
    content = _content(published.row_counts)
    if published.is_new:
        parquet = ", with Parquet files" if published.has_parquet else ""
        say(f"Published {content} as {published.publication_id}{parquet}.")
    elif published.in_force_id != published.publication_id:
        say(
            f"{published.publication_id} has these tables already, but was rolled back: "
            f"{published.in_force_id} stays in force. `curvehouse publish` ends the rollback."
        )
    elif published.former_id != published.publication_id:
        say(
            f"The rollback is ended: {published.publication_id} is in force again, in place of "
            f"{published.former_id}: {content}."
        )
    else:
        say(f"Published already, as {published.publication_id}: {content}.")
    typer.echo(published.path)


def _content(row_counts: dict[str, int]) -> str:
    return f"{len(row_counts)} tables, {sum(row_counts.values()):,} rows"


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
