"""import, export: participants and plans, from and to CSV and XLSX files."""

from __future__ import annotations

import enum
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.progress import track
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from bot.command_line.database import municipality_id
from bot.command_line.ending import ERR, OUT, fail, say, show_table, usage
from bot.content.library import Library
from bot.plans.exporting import export_files
from bot.plans.importing import ImportStopped, import_files
from bot.plans.importing.files import files_in
from bot.plans.importing.known import known_from
from bot.plans.importing.new_files import FileExists
from bot.plans.importing.renamed import read_renamed
from bot.plans.importing.report import Report
from bot.plans.importing.templates import EXPLAINED, write_templates
from bot.plans.importing.track import Track
from bot.plans.moments import day_in_norway, this_moment
from bot.settings import settings
from bot.storage.database import open_database
from bot.storage.sealing import Seal

T = TypeVar("T")
SHOWN_PROBLEMS = 200


class Form(str, enum.Enum):
    """The forms of files."""

    CSV = "csv"
    XLSX = "xlsx"


FormOption = Annotated[Form, typer.Option("--format", help="One CSV file per kind of rows, or one workbook.")]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable.")]


def import_plans(
    files: Annotated[list[Path] | None, typer.Argument(exists=True, help="CSV and XLSX files, or folders with such files.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report what would be done, and write nothing.")] = False,
    columns: Annotated[
        Path | None, typer.Option("--columns", exists=True, dir_okay=False, help="YAML with your own headings, see docs/import.md.")
    ] = None,
    as_json: Json = False,
    template: Annotated[Path | None, typer.Option("--template", help="Write empty files and a data dictionary into this folder.")] = None,
    form: FormOption = Form.CSV,
) -> None:
    """Import participants and plans. All files or nothing: one problem, and nothing is written (exit code 1)."""
    if template is not None:
        if files:
            usage("Name either files to import or a folder for --template.")
        _writing(lambda: write_templates(template, form.value))
        say(f"{template} holds the empty files; {template / EXPLAINED} explains the columns.")
        return
    if not files or not files_in(files):
        usage("Name CSV or XLSX files, or a folder with such files. `--template FOLDER` writes empty ones.")
    now = this_moment()
    known = known_from(Library(settings().data), day_in_norway(now))
    renamed = read_renamed(columns) if columns else None
    sessions, seal = _database()
    try:
        report = import_files(sessions, seal, files, known, now=now, renamed=renamed, dry_run=dry_run, track=_bars(as_json))
    except ImportStopped as error:
        fail(str(error))
    if as_json:
        typer.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
    else:
        _show(report)
    raise typer.Exit(1 if report.problems else 0)


def export_plans(
    folder: Annotated[Path, typer.Argument(file_okay=False, help="The folder to write into.")],
    form: FormOption = Form.CSV,
    municipality: Annotated[str | None, typer.Option("--municipality", help="Only participants of this municipality.")] = None,
    as_json: Json = False,
) -> None:
    """Write participants and plans into files that `veiviser import` reads. They hold names: keep them safe."""
    place = municipality_id(Library(settings().data), municipality)
    sessions, seal = _database()
    written = _writing(lambda: export_files(sessions, seal, folder, form.value, place, _bars(as_json)))
    if as_json:
        typer.echo(json.dumps(written, indent=2))
    else:
        _show_figures(written)
        say(f"Written into {folder}. The files hold names and plans: keep them where only the right people can read them.")


def _database() -> tuple[sessionmaker[Session], Seal]:
    seal = Seal(settings().key("text_key"))
    try:
        return open_database(settings().database), seal
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        fail(f"The database cannot be opened ({reason}). Look at VEIVISER_DATABASE_URL and whether the database runs.")


def _writing(write: Callable[[], T]) -> T:
    try:
        return write()
    except FileExists as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename} cannot be written ({error.strerror}).")


def _bars(quiet: bool) -> Track:
    def bar(items: Sequence[T], doing: str, /) -> Iterable[T]:
        return track(items, doing, console=ERR, transient=True, disable=quiet or not items or not ERR.is_terminal)

    return bar


def _show(report: Report) -> None:
    table = Table("rows", "created", "changed", "unchanged", "refused", box=None, pad_edge=False)
    for kind, counts in report.kinds.items():
        if counts.rows:
            table.add_row(kind, *map(str, (counts.created, counts.changed, counts.unchanged, counts.refused)))
    if report.rows:
        show_table(table)
    for note in report.notes:
        OUT.print(note, markup=False)
    for problem in report.problems[:SHOWN_PROBLEMS]:
        OUT.print(str(problem), markup=False)
    if len(report.problems) > SHOWN_PROBLEMS:
        OUT.print(f"... and {len(report.problems) - SHOWN_PROBLEMS} more; --json shows all.")
    OUT.print(_verdict(report), markup=False)


def _verdict(report: Report) -> str:
    number = len(report.problems)
    if number:
        return f"Nothing was written: {number} problem{'s' * (number > 1)}. Mend {'them' if number > 1 else 'it'} and import again."
    if report.dry_run:
        return "Nothing was written: this was a dry run. Without --dry-run, the same files are imported like this."
    versions = report.new_plan_versions
    return f"Imported. {versions} new version{'s' * (versions != 1)} of plans." if report.rows else "The files hold no rows."


def _show_figures(written: dict[str, int]) -> None:
    table = Table("rows", "written", box=None, pad_edge=False)
    for kind, number in written.items():
        table.add_row(kind, str(number))
    show_table(table)
