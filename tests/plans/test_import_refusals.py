"""Each refusal: what is said, where, and that nothing at all is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session, sessionmaker

from tests.plans.import_case import NATIONAL_NUMBER, PEOPLE, contents, figures, run, said, write, write_book

ABSENCE = "reference;key;kind;first_day;last_day;reported_by;hours\nA1;f1;own_illness;{first};{last};participant;{hours}\n"
RESULT = "reference;test;part;result;taken_on\nA1;{test};{part};{result};{day}\n"
PROGRAMME = "reference;starts_on;planned_end;extended_to;ended_on\nA1;{days}\n"


@pytest.fixture(params=["sqlite"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """What is refused does not depend on the database."""
    return f"{request.param}:///{tmp_path / 'test.db'}"


def refused(sessions: sessionmaker[Session], folder: Path, **files: str) -> str:
    """What is said about files that are refused, beside two participants who are right."""
    report = run(sessions, write(folder, **{"participants": PEOPLE, **files}))
    assert report.problems and not report.written
    assert all(rows == [] for rows in contents(sessions).values())
    return said(report)


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("absences", ABSENCE.format(first="2026-10-13", last="2026-10-12", hours=""), "row 2, last_day: last_day (2026-10-12) lies before"),
        ("absences", ABSENCE.format(first="2026-10-13", last="2026-10-13", hours="25"), "25 hours do not fit into 1 day."),
        (
            "programmes",
            PROGRAMME.format(days="2026-04-07;2026-04-06;;"),
            "row 2, planned_end: planned_end (2026-04-06) lies before starts_on",
        ),
        ("programmes", PROGRAMME.format(days="2026-04-07;2028-04-06;2028-04-05;"), "extended_to (2028-04-05) lies before planned_end"),
        ("programmes", PROGRAMME.format(days="2026-04-07;;;2026-04-01"), "ended_on (2026-04-01) lies before starts_on"),
        (
            "measures",
            "reference;key;kind;text;responsible;starts_on;ends_on\nA1;n1;norwegian;Norsk;school;2026-02-01;2026-01-31\n",
            "row 2, ends_on: ends_on (2026-01-31) lies before starts_on (2026-02-01). Correct one of the two.",
        ),
        ("participants", "reference;name;municipality;birth_date\nA1;Åse;oslo;2027-01-01\n", "2027-01-01 lies in the future"),
        ("participants", "reference;name;municipality;birth_date\nA1;Åse;oslo;1900-01-01\n", "more than 110 years old"),
        (
            "participants",
            "reference;name;municipality;birth_date;settled_on\nA1;Åse;oslo;1990-01-01;1989-01-01\n",
            "settled_on (1989-01-01) lies",
        ),
        ("participants", "reference;name;municipality;permit\nA1;Åse;oslo;refuge\n", "Did you mean refugee?"),
        ("participants", "reference;name;municipality\nA1;;oslo\n", "row 2, name: A value is needed here: The participant's name."),
        ("participants", "reference;name;municipality\nA1;(empty);oslo\n", "row 2, name: A value is needed here"),
        (
            "goals",
            "reference;key;kind;text\nC3;g1;final;Fagbrev\n",
            "There is no participant C3, neither in the files nor in the database.",
        ),
        ("results", RESULT.format(test="norskprove", part="oral", result="passed", day="2026-01-01"), "passed is no result of norskprove"),
        (
            "results",
            RESULT.format(test="intake_test", part="oral", result="passed", day="2026-01-01"),
            "intake_test has no part oral; there are",
        ),
        ("results", RESULT.format(test="norskprove", part="oral", result="B1", day="2027-01-01"), "lies in the future"),
        ("registrations", "reference;test;part;test_on\nA1;citizenship_test;oral;2027-01-01\n", "has no part oral; there is whole."),
        ("appointments", "reference;key;kind;starts_at\nA1;m;plan_talk;2026-12-01\n", "write 2026-11-24 09:30"),
    ],
)
def test_a_wrong_value_is_refused_with_its_place(sessions: sessionmaker[Session], tmp_path: Path, kind: str, text: str, words: str) -> None:
    found = refused(sessions, tmp_path, **{kind: text})
    assert words in found and f"{kind}.csv, row 2" in found


def test_an_end_before_the_stored_start_is_refused(sessions: sessionmaker[Session], tmp_path: Path) -> None:
    run(sessions, write(tmp_path, participants=PEOPLE, programmes="reference;starts_on\nA1;2026-04-07\n"))
    before = contents(sessions)
    report = run(sessions, write(tmp_path, programmes="reference;planned_end\nA1;2026-04-06\n"))
    assert "row 2, planned_end: planned_end (2026-04-06) lies before starts_on (2026-04-07)" in said(report)
    report = run(sessions, write(tmp_path, programmes="reference;planned_end;starts_on\nA1;2028-04-06;\n"))
    assert report.written
    report = run(sessions, write(tmp_path, programmes="reference;starts_on\nA1;2028-05-01\n"))
    assert "row 2, starts_on: planned_end (2028-04-06) lies before starts_on (2028-05-01)" in said(report)
    assert contents(sessions)["programmes"] != before["programmes"]


@pytest.mark.parametrize(
    ("kind", "text", "column"),
    [
        ("participants", f"reference;name;municipality\n{NATIONAL_NUMBER};Åse;oslo\n", "reference"),
        ("participants", "reference;name;municipality\n1019012480;Åse;oslo\n", "reference"),
        ("participants", f"reference;name;municipality\nA1;Åse {NATIONAL_NUMBER[:6]} {NATIONAL_NUMBER[6:]};oslo\n", "name"),
        ("goals", f"reference;key;kind;text\nA1;g1;final;Fagbrev ({NATIONAL_NUMBER})\n", "text"),
        ("contacts", f"reference;key;role;name;phone\nA1;c;advisor;Kari;{NATIONAL_NUMBER}\n", "phone"),
        ("participants", f"reference;name;municipality;permit\nA1;Åse;oslo;{NATIONAL_NUMBER}\n", "permit"),
        ("participants", f"reference;name;municipality;Fødselsnummer\nA1;Åse;oslo;{NATIONAL_NUMBER}\n", "Fødselsnummer"),
        ("participants", f"reference;name;municipality;\nA1;Åse;oslo;{NATIONAL_NUMBER}\n", "column 4, which has no heading"),
    ],
)
def test_national_identity_numbers_are_refused_anywhere_and_never_shown(
    sessions: sessionmaker[Session], tmp_path: Path, kind: str, text: str, column: str
) -> None:
    report = run(sessions, write(tmp_path, **{"participants": PEOPLE, kind: text}))
    assert [problem.column for problem in report.problems] == [column]
    assert "national identity number" in said(report)
    shown = f"{said(report)} {report.as_json()}"
    assert "12480" not in shown
    assert all(rows == [] for rows in contents(sessions).values())


def test_a_number_in_a_workbook_cell_or_on_another_sheet_is_found(sessions: sessionmaker[Session], tmp_path: Path) -> None:
    head = ["reference", "name", "municipality"]
    sheets = {"participants": [head, [1019012480, "Åse", "oslo"]], "Notater": [["husk"], [None, int(NATIONAL_NUMBER)]]}
    report = run(sessions, [write_book(tmp_path / "book.xlsx", sheets)])
    assert [(problem.sheet, problem.row, problem.column) for problem in report.problems] == [
        ("Notater", 2, "column 2"),
        ("participants", 2, "reference"),
    ]


def test_a_file_without_headings_does_not_show_what_it_holds(sessions: sessionmaker[Session], tmp_path: Path) -> None:
    found = refused(sessions, tmp_path, participants=f"{NATIONAL_NUMBER};Åse;oslo\nA1;Ali;oslo\n")
    assert NATIONAL_NUMBER not in found and "need the columns" in found


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        (
            "participants",
            "reference;name;municipality\nA1;Åse;oslo\nA1;Åse;oslo\n",
            "row 3, reference: reference A1 stands in row 2 already.",
        ),
        (
            "goals",
            "reference;key;kind;text\nA1;g;part;a\nB2;g;part;a\nA1;g;part;b\n",
            "row 4, key: reference A1, key g stands in row 2 already",
        ),
        ("programmes", "reference;starts_on\nA1;2026-01-01\nA1;2026-01-02\n", "row 3, reference"),
        (
            "results",
            RESULT.format(test="norskprove", part="oral", result="A2", day="2026-01-01") + "A1;norskprove;oral;B1;01.01.2026\n",
            "row 3",
        ),
    ],
)
def test_a_key_that_stands_twice_is_refused(sessions: sessionmaker[Session], tmp_path: Path, kind: str, text: str, words: str) -> None:
    assert words in refused(sessions, tmp_path, **{kind: text})


def test_a_key_that_stands_in_two_files_is_refused(sessions: sessionmaker[Session], tmp_path: Path) -> None:
    found = refused(sessions, tmp_path, participants=PEOPLE, deltakere="reference;name;municipality\nB2;Omar;oslo\n")
    assert f"deltakere.csv, row 2, reference: reference B2 stands in row 3 of {tmp_path / 'participants.csv'} already" in found


def test_a_refused_participant_is_not_reported_again_for_every_row_that_follows(sessions: sessionmaker[Session], tmp_path: Path) -> None:
    people = "reference;name;municipality\nA1;Åse;Utopia\n"
    goals = "reference;key;kind;text\n" + "".join(f"A1;g{number};part;Mål\n" for number in range(5))
    report = run(sessions, write(tmp_path, participants=people, goals=goals))
    assert len(report.problems) == 1 and "Utopia is no municipality" in said(report)
    assert figures(report) == {"participants": (0, 0, 0, 1), "goals": (5, 0, 0, 0)}


def test_all_problems_are_reported_in_the_order_of_the_files(sessions: sessionmaker[Session], tmp_path: Path) -> None:
    people = "reference;name;municipality;permit;english\nA1;Åse;oslo;x;y\nA1;;oslo;;\nB2;Omar;oslo;;\nB2;Omar;oslo;;\n"
    files = write(tmp_path, goals="reference;key;kind;text\nZ;g;part;t\n", participants=people)
    report = run(sessions, files)
    places = [(Path(problem.file).stem, problem.row, problem.column) for problem in report.problems]
    assert places == [
        ("goals", 2, "reference"),
        ("participants", 2, "permit"),
        ("participants", 2, "english"),
        ("participants", 3, "name"),
        ("participants", 5, "reference"),
    ]
