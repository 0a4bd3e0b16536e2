"""What is exported and imported again changes nothing, and no cell of an export is computed by a spreadsheet."""

from __future__ import annotations

import csv
import datetime as dt
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, sessionmaker

from bot.guidance import codes
from bot.plans.exporting import export_files
from bot.plans.importing.files import files_in
from bot.plans.importing.gathering import gather
from bot.plans.importing.kinds import KINDS
from bot.plans.importing.merging import Change, merged
from bot.plans.importing.new_files import FileExists, new_files
from bot.plans.importing.report import Report
from bot.plans.importing.specification import CLEARED, Field, Kind, Type
from bot.plans.importing.stored import OF_PLAN, stored_participants, stored_plans, stored_rows
from bot.plans.importing.texts import clean, is_national_number
from bot.plans.importing.track import quietly
from bot.plans.importing.versions import NewVersion
from bot.plans.importing.writing import Changes, write
from bot.storage.plan_tables import Participant, PlanVersion
from bot.storage.sealing import Seal, SealError
from tests.plans.import_case import NOW, SEAL, TODAY, contents, figures, known, said
from tests.plans.import_case import run as import_
from tests.plans.import_case import write as write_files

KNOWN = known()
LETTERS = st.one_of(st.sampled_from("=+-@'\";,\t\n#ÆØÅæøåـሰ〱(️"), st.characters(codec="utf-8"))
DAYS = st.dates(dt.date(1917, 1, 1), dt.date(2099, 12, 31))


def texts(field: Field) -> st.SearchStrategy[str]:
    """Texts as a table may hold them: of any letters, also such as look like formulas, errors or escapes."""
    odd = st.sampled_from(["=1+1", "'=x", "''", "-", "#N/A", "007", "1,5", "2026-11-21", "ja", "+47 00 00 00 00", '"', "'"])
    found = st.one_of(odd, st.text(LETTERS, min_size=1, max_size=min(field.longest, 60)).map(clean))
    right = found.filter(lambda text: bool(text) and not is_national_number(text) and text.casefold() != CLEARED)
    return right if field.required else st.one_of(st.just(""), right)


def values(field: Field) -> st.SearchStrategy[Any]:
    """Values of a field, as the table of fields describes it."""
    past = st.dates(dt.date(1917, 1, 1), TODAY)
    of_type = {
        Type.DATE: past if field.past else DAYS,
        Type.MOMENT: st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2099, 12, 31), timezones=st.just(dt.UTC)),
        Type.NUMBER: st.floats(max(field.least, 0.01), min(field.most, 24)),
        Type.WHOLE: st.integers(int(field.least), int(field.most)),
        Type.YES_NO: st.booleans(),
        Type.CODE: st.sampled_from(field.codes or ("",)),
        Type.MUNICIPALITY: st.sampled_from(sorted(set(KNOWN.municipalities.values()))),
        Type.LANGUAGE: st.sampled_from(sorted(set(KNOWN.languages.values()))),
    }
    found = texts(field) if field.type is Type.TEXT else of_type[field.type]
    may_be_missing = not field.required and field.type is not Type.TEXT and field.default is None
    return st.one_of(st.none(), found) if may_be_missing else found


@st.composite
def rows(draw: st.DrawFn, kind: Kind, reference: str) -> dict[str, Any]:
    """One row of a kind that the import would take."""
    row = {field.name: draw(values(field)) for field in kind.fields}
    if kind is KINDS["participants"] or "reference" in row:
        row["reference"] = reference
    for start, end in kind.spans:
        if row[start] and row[end] and row[end] < row[start]:
            row[end] = row[start]
    if "part" in row:
        row["part"] = draw(st.sampled_from(codes.PARTS[row["test"]]))
    if "result" in row:
        row["result"] = draw(st.sampled_from(codes.RESULTS.get(row["test"], codes.RESULTS["other"])))
    return row


@st.composite
def people(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    """One or two people with everything they may have: the rows of every kind."""
    references = draw(st.lists(texts(KINDS["participants"].field("reference")), min_size=1, max_size=2, unique=True))
    found: dict[str, list[dict[str, Any]]] = {}
    for name, kind in KINDS.items():
        alone = kind.key == ("reference",)
        found[name] = [
            row
            for reference in references
            for row in draw(st.lists(rows(kind, reference), min_size=alone, max_size=1 if alone else 2, unique_by=keys(kind)))
        ]
    return found


def keys(kind: Kind) -> Any:
    return lambda row: tuple(row[name] for name in kind.key)


def store(sessions: sessionmaker[Session], made: dict[str, list[dict[str, Any]]]) -> None:
    """Writes the people, and nobody else, into the tables."""

    def new(name: str) -> list[Change]:
        return [Change(KINDS[name], row["reference"], None, row, ()) for row in made[name]]

    plain = [name for name in KINDS if name not in ("participants", "plans", *OF_PLAN)]
    parts = {
        name: {head["reference"]: [row for row in made[name] if row["reference"] == head["reference"]] for head in made["plans"]}
        for name in OF_PLAN
    }
    versions = [NewVersion(head["reference"], 1, head, *(parts[name][head["reference"]] for name in OF_PLAN)) for head in made["plans"]]
    changes = Changes(new("participants"), [change for name in plain for change in new(name)], versions)
    with sessions.begin() as session:
        session.execute(delete(Participant))
        write(session, SEAL, changes, {}, NOW, quietly)


def opened(sessions: sessionmaker[Session]) -> dict[str, list[Any]]:
    """What stands in all tables, without ids and without seals, so that two databases can be compared."""
    with sessions() as session:
        references = list(session.scalars(select(Participant.reference)))
        people = stored_participants(session, SEAL, references)
        owners = {stored.id: reference for reference, stored in people.items()}
        found: dict[str, list[Any]] = {"participants": [stored.values for stored in people.values()]}
        plans = stored_plans(session, SEAL, owners).values()
        found["plans"] = [(plan.head, plan.goals, plan.measures) for plan in plans]
        for kind in KINDS.values():
            if kind.name not in ("participants", "plans", *OF_PLAN):
                found[kind.name] = [stored.values for stored in stored_rows(session, SEAL, kind, owners).values()]
    return {name: sorted(map(repr, own)) for name, own in found.items()}


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_every_row_is_read_as_it_was_written(form: str, data: st.DataObject) -> None:
    kind = KINDS[data.draw(st.sampled_from(list(KINDS)))]
    written = data.draw(st.lists(rows(kind, "A1"), max_size=4, unique_by=keys(kind)))
    with tempfile.TemporaryDirectory() as folder:
        with new_files(Path(folder), form) as add:
            for row in written:
                add(kind, row)
        report = Report(dry_run=True)
        gathered = gather(files_in([Path(folder)]), {}, KNOWN, report, quietly)
    assert not report.problems, said(report)
    read = [merged(kind, row.values, None)[0] for row in gathered.rows.get(kind.name, [])]
    assert read == written


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a smaller example is found faster by the test above
)
@given(made=people())
def test_what_is_exported_and_imported_again_changes_nothing(
    sessions: sessionmaker[Session], form: str, made: dict[str, list[dict[str, Any]]]
) -> None:
    store(sessions, made)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        exported = export_files(sessions, SEAL, out, form)
        assert exported == {name: len(own) for name, own in made.items()}
        before, plain = contents(sessions), opened(sessions)
        report = import_(sessions, [out])
        assert not report.problems, said(report)
        assert figures(report) == {name: (0, 0, len(own), 0) for name, own in made.items() if own}
        assert report.new_plan_versions == 0 and contents(sessions) == before
        with sessions.begin() as session:
            session.execute(delete(Participant))
        assert import_(sessions, [out]).written  # into an empty database
    assert opened(sessions) == plain


PEOPLE = "reference;name;municipality\nA1;\"=cmd|'/c calc'!A1\";oslo\nB2;@Omar;drammen\n"
CONTACTS = "reference;key;role;name;phone\nA1;c;advisor;-Kari;+47 00 00 00 00\nB2;c;nav;＝Nav;\n"


@pytest.fixture
def filled(sessions: sessionmaker[Session], tmp_path: Path) -> sessionmaker[Session]:
    goals = "reference;key;kind;text\nA1;g;final;Fagbrev\nB2;g;final;Jobb\n"
    assert import_(sessions, write_files(tmp_path, participants=PEOPLE, contacts=CONTACTS, goals=goals)).written
    return sessions


def cells(file: Path) -> Iterable[str]:
    with file.open(encoding="utf-8-sig", newline="") as opened_file:
        for row in csv.reader(opened_file, delimiter=";"):
            yield from row


def test_no_cell_of_a_csv_file_is_computed(filled: sessionmaker[Session], tmp_path: Path) -> None:
    export_files(filled, SEAL, tmp_path / "out", "csv")
    found = [cell for file in (tmp_path / "out").glob("*.csv") for cell in cells(file)]
    assert not [cell for cell in found if cell.startswith(tuple("=+-@＝"))]
    assert {"'=cmd|'/c calc'!A1", "'@Omar", "'-Kari", "'+47 00 00 00 00", "'＝Nav"} <= set(found)


def test_no_cell_of_a_workbook_is_computed(filled: sessionmaker[Session], tmp_path: Path) -> None:
    export_files(filled, SEAL, tmp_path / "out", "xlsx")
    book = load_workbook(tmp_path / "out" / "veiviser.xlsx")
    cell = book["participants"]["B2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=cmd|'/c calc'!A1", "s", True)
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}


def test_only_the_people_of_a_municipality_are_exported(filled: sessionmaker[Session], tmp_path: Path) -> None:
    written = export_files(filled, SEAL, tmp_path / "out", "csv", "drammen")
    assert written["participants"] == written["goals"] == written["contacts"] == 1 and written["absences"] == 0
    found = [cell for file in (tmp_path / "out").glob("*.csv") for cell in cells(file)]
    assert "B2" in found and "A1" not in found and "Fagbrev" not in found


def test_the_version_in_force_is_exported(filled: sessionmaker[Session], tmp_path: Path) -> None:
    import_(filled, write_files(tmp_path, goals="reference;key;kind;text\nA1;g;final;Mesterbrev\n"))
    with filled() as session:
        assert len(session.scalars(select(PlanVersion)).all()) == 3
    assert export_files(filled, SEAL, tmp_path / "out", "csv")["plans"] == 2
    assert "Mesterbrev" in list(cells(tmp_path / "out" / "goals.csv")) and "Fagbrev" not in list(cells(tmp_path / "out" / "goals.csv"))


def test_nothing_is_written_over_and_only_the_owner_may_read(filled: sessionmaker[Session], tmp_path: Path) -> None:
    export_files(filled, SEAL, tmp_path / "out", "csv")
    files = sorted((tmp_path / "out").iterdir())
    assert [file.name for file in files] == sorted(f"{name}.csv" for name in KINDS)
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    before = [file.read_bytes() for file in files]
    with pytest.raises(FileExists, match="exists already"):
        export_files(filled, SEAL, tmp_path / "out", "csv")
    assert [file.read_bytes() for file in files] == before
    assert sorted((tmp_path / "out").iterdir()) == files


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_that_fails_leaves_no_file(filled: sessionmaker[Session], tmp_path: Path, form: str) -> None:
    with pytest.raises(SealError, match="another key"):
        export_files(filled, Seal(Fernet.generate_key().decode()), tmp_path / "out", form)
    assert list((tmp_path / "out").iterdir()) == []


def test_an_empty_database_gives_empty_files(sessions: sessionmaker[Session], tmp_path: Path) -> None:
    assert set(export_files(sessions, SEAL, tmp_path / "out", "csv").values()) == {0}
    assert figures(import_(sessions, [tmp_path / "out"])) == {}
