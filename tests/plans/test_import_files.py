"""Files as spreadsheets and case systems write them: encodings, delimiters, workbooks, names, headings."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy.orm import Session, sessionmaker

from bot.content.errors import ContentError
from bot.plans.importing.days import day_of_serial, read_day
from bot.plans.importing.dictionary import dictionary_rows, renewed
from bot.plans.importing.files import files_in, sheets_of
from bot.plans.importing.kinds import KINDS
from bot.plans.importing.new_files import FileExists
from bot.plans.importing.renamed import read_renamed
from bot.plans.importing.sheets import UnreadableFile
from bot.plans.importing.templates import EXPLAINED, write_templates
from bot.settings import ROOT
from tests.plans.import_case import PEOPLE, contents, figures, run, said, write, write_book

ROWS = [["reference", "name", "municipality"], ["A1", "Åse Bjørnsen", "Bærum"]]
TEXT = "reference;name;municipality\r\nA1;Åse Bjørnsen;Bærum\r\n"


@pytest.fixture(params=["sqlite"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """How files are read does not depend on the database."""
    return f"{request.param}:///{tmp_path / 'test.db'}"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_csv_file_is_read_in_every_encoding_and_with_every_delimiter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    [file] = write(tmp_path, participants=TEXT.replace(";", delimiter).encode(encoding))
    [sheet] = sheets_of(file)
    assert [list(cells) for _, cells in sheet.rows] == ROWS


def test_quotation_marks_hold_delimiters_and_lines_together(tmp_path: Path) -> None:
    [file] = write(tmp_path, goals='reference,key,kind,text\nA1,"a;b;c;d;e",final,"Fagbrev, ""helse""\nog mer"\n')
    [sheet] = sheets_of(file)
    assert sheet.rows[1] == (2, ("A1", "a;b;c;d;e", "final", 'Fagbrev, "helse"\nog mer'))


def test_a_first_line_may_name_the_delimiter(tmp_path: Path) -> None:
    [file] = write(tmp_path, participants="sep=|\r\nreference|name|municipality\r\nA1|Åse|oslo\r\n")
    assert sheets_of(file)[0].rows[1] == (2, ("A1", "Åse", "oslo"))


def test_rows_have_the_numbers_a_spreadsheet_shows(tmp_path: Path) -> None:
    [file] = write(tmp_path, participants="reference;name;municipality\n\nA1;Åse;oslo\n;;\nB2;Ali;oslo\n")
    assert [number for number, _ in sheets_of(file)[0].rows] == [1, 3, 5]
    book = write_book(tmp_path / "book.xlsx", {"participants": [ROWS[0], [], ROWS[1], [None, " "], ROWS[1]]})
    assert [number for number, _ in sheets_of(book)[0].rows] == [1, 3, 5]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("participants.csv", b"reference;name\n\x81\x8d\n", "neither UTF-8 nor Windows-1252"),
        ("participants.csv", b"reference;name\nA1;\0\0\n", "neither UTF-8 nor Windows-1252"),
        ("participants.csv", b'reference;name\nA1;"Selam\nB2;Omar\n', "quotation mark"),
        ("participants.xlsx", b"PK\x03\x04 no workbook", "no XLSX workbook, or it has a password"),
        ("participants.xls", b"\xd0\xcf\x11\xe0", "save it as one of them"),
        ("participants.csv", b"", "no table"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    tmp_path: Path, sessions: sessionmaker[Session], name: str, content: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(content)
    report = run(sessions, [tmp_path / name])
    assert not report.written and words in said(report) and name in said(report)


def test_a_file_that_is_away_says_so(tmp_path: Path) -> None:
    for name in ("away.csv", "away.xlsx"):
        with pytest.raises(UnreadableFile, match="cannot be read"):
            sheets_of(tmp_path / name)


def test_a_workbook_gives_values_of_formulas_dates_and_errors(tmp_path: Path, sessions: sessionmaker[Session]) -> None:
    head = ["reference", "name", "municipality", "birth_date", "children", "settled_on"]
    rows = [head, [101, "Åse", "oslo", dt.date(1990, 5, 17), 2.0, 46000], [102, "#N/A", "oslo", dt.datetime(1990, 5, 17), None, None]]
    file = write_book(tmp_path / "book.xlsx", {"deltakere": rows})
    report = run(sessions, [file])
    assert (
        said(report) == f"{file}, sheet deltakere, row 3, name: #N/A is an error of the spreadsheet; mend its formula or write the value."
    )
    rows[2][1] = "Omar"
    assert run(sessions, [write_book(file, {"deltakere": rows})]).written
    stored = contents(sessions)["participants"]
    assert [row[1] for row in stored] == ["101", "102"]
    assert [row[3] for row in stored] == [dt.date(1990, 5, 17)] * 2
    assert stored[0][10] == 2 and stored[0][12] == dt.date(2025, 12, 9)


def test_a_formula_without_a_computed_value_is_an_empty_cell(tmp_path: Path, sessions: sessionmaker[Session]) -> None:
    file = write_book(tmp_path / "book.xlsx", {"participants": [ROWS[0], ["A1", '=CONCATENATE("Å","se")', "oslo"]]})
    assert "row 2, name: A value is needed here" in said(run(sessions, [file]))


def test_a_workbook_that_counts_its_days_from_1904_is_read_right(tmp_path: Path) -> None:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.append(["reference", "from_day"])  # type: ignore[union-attr]
    book.active.append(["A1", 44885])  # type: ignore[union-attr]
    book.save(tmp_path / "plans.xlsx")
    [sheet] = sheets_of(tmp_path / "plans.xlsx")
    assert sheet.first_day == dt.datetime(1904, 1, 1)
    assert read_day(day_of_serial(sheet.rows[1][1][1], sheet.first_day)) == dt.date(2026, 11, 21)


@pytest.mark.parametrize("name", ["participants", "Deltakere 2026-11", "uttrekk_DELTAKERE", "who"])
def test_the_kind_is_known_by_name_or_by_columns(tmp_path: Path, sessions: sessionmaker[Session], name: str) -> None:
    file = tmp_path / f"{name}.csv"
    file.write_text(PEOPLE, encoding="utf-8")
    assert figures(run(sessions, [file])) == {"participants": (2, 0, 0, 0)}


def test_each_kind_is_known_by_its_own_columns(tmp_path: Path, sessions: sessionmaker[Session]) -> None:
    file = write_book(
        tmp_path / "book.xlsx",
        {f"Ark{number}": [kind.names, [field.example for field in kind.fields]] for number, kind in enumerate(KINDS.values())},
    )
    report = run(sessions, [file])
    assert not report.problems and figures(report) == dict.fromkeys(KINDS, (1, 0, 0, 0))


def test_a_sheet_that_is_none_of_ours_is_left_out_and_named(tmp_path: Path, sessions: sessionmaker[Session]) -> None:
    file = write_book(tmp_path / "book.xlsx", {"participants": ROWS, "Notater": [["husk å ringe"]], "dictionary": [["rows", "column"]]})
    report = run(sessions, [file])
    assert report.written and report.notes == [f"{file}, sheet Notater: this sheet is ignored; it is none of ours."]


@pytest.mark.parametrize("name", ["particpants", "notes"])
def test_a_table_nobody_knows_is_a_problem(tmp_path: Path, sessions: sessionmaker[Session], name: str) -> None:
    file = tmp_path / f"{name}.csv"
    file.write_text("what;ever\n1;2\n")
    report = run(sessions, [file])
    assert "what kind of rows" in said(report)
    assert ("Did you mean participants?" in said(report)) == (name == "particpants")


@pytest.mark.parametrize(
    ("name", "heading", "words"), [("Mesures", "who", "Did you mean measures?"), ("Ark7", "reference", "Name it as one of")]
)
def test_a_sheet_that_would_be_lost_is_a_problem_too(
    tmp_path: Path, sessions: sessionmaker[Session], name: str, heading: str, words: str
) -> None:
    file = write_book(tmp_path / "book.xlsx", {"participants": ROWS, name: [[heading, "what"], ["A1", "norsk"]]})
    report = run(sessions, [file])
    assert words in said(report) and contents(sessions)["participants"] == []


def test_missing_columns_are_named_with_those_that_were_found(tmp_path: Path, sessions: sessionmaker[Session]) -> None:
    report = run(sessions, write(tmp_path, participants="reference;Navn;Kommune\nA1;Åse;oslo\n"))
    assert "need the columns name, municipality. The columns found are reference, Navn, Kommune." in said(report)
    assert report.problems[0].row == 1 and not report.written


def test_renamed_columns_are_mapped_by_a_file(tmp_path: Path, sessions: sessionmaker[Session]) -> None:
    mapping = tmp_path / "columns.yml"
    mapping.write_text("participants: {Saksnr: reference, Navn: name, Kommune: municipality, Fødselsdato: birth_date, Bor med: living}\n")
    files = write(tmp_path, eksport="SAKSNR;navn;Kommune;Fo\u0308dselsdato;Fødselsdato\nA1;Åse;oslo;x;17/05/1990\n")
    report = run(sessions, files, renamed=read_renamed(mapping))
    assert report.written and figures(report) == {"participants": (1, 0, 0, 0)}
    assert report.notes == [
        f"{files[0]}: ignored Fo\u0308dselsdato.",
        "participants: the mapping names columns that are in no file: bor_med.",
    ]
    assert contents(sessions)["participants"][0][3] == dt.date(1990, 5, 17)


def test_a_problem_names_the_column_as_the_file_does(tmp_path: Path, sessions: sessionmaker[Session]) -> None:
    mapping = tmp_path / "columns.yml"
    mapping.write_text("participants:\n  Født: birth_date\n")
    [file] = write(tmp_path, participants="reference;name;municipality;Født\nA1;Åse;oslo;2026-21-11\n")
    report = run(sessions, [file], renamed=read_renamed(mapping))
    [problem] = report.problems
    assert str(problem) == f"{file}, row 2, Født: 2026-21-11 is no date; write 2026-11-21 or 21.11.2026."
    assert (problem.sheet, problem.row, problem.column, problem.value) == (None, 2, "Født", "2026-21-11")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("participant: {A: name}", "Did you mean participants"),
        ("participants: {A: nam}", "Did you mean name"),
        ("participants: name", "needs lines such as"),
        ("participants: [", "not valid YAML"),
    ],
)
def test_a_wrong_mapping_says_line_and_what_to_do(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "columns.yml").write_text(text)
    with pytest.raises(ContentError, match=words):
        read_renamed(tmp_path / "columns.yml")
    with pytest.raises(ContentError, match="cannot be read"):
        read_renamed(tmp_path / "away.yml")


def test_headings_may_be_written_with_capitals_and_blanks(tmp_path: Path, sessions: sessionmaker[Session]) -> None:
    files = write(tmp_path, participants=" Reference ;NAME;Municipality;Birth date\nA1;Åse;oslo;17.05.1990\n")
    assert run(sessions, files).written and contents(sessions)["participants"][0][3] == dt.date(1990, 5, 17)


def test_two_columns_for_one_field_are_refused(tmp_path: Path, sessions: sessionmaker[Session]) -> None:
    report = run(sessions, write(tmp_path, participants="reference;name;Name;municipality\nA1;Åse;Åsa;oslo\n"))
    assert "2 columns hold name (name, Name). Keep one of them." in said(report)


def test_columns_nobody_knows_are_ignored_and_named(tmp_path: Path, sessions: sessionmaker[Session]) -> None:
    [file] = write(tmp_path, participants="reference;name;municipality;shoe size;\nA1;Åse;oslo;38;left\n")
    report = run(sessions, [file])
    assert report.written and report.notes == [f"{file}: ignored shoe size, column 5, which has no heading."]


def test_a_row_with_more_cells_than_headings_is_refused(tmp_path: Path, sessions: sessionmaker[Session]) -> None:
    report = run(sessions, write(tmp_path, participants="reference,name,municipality\nA1,Bjørnsen, Åse,oslo\n"))
    assert "more cells than there are headings" in said(report)


def test_a_folder_stands_for_its_files(tmp_path: Path) -> None:
    write(tmp_path, participants=PEOPLE, goals="")
    for name in ("~$book.xlsx", ".hidden.csv", "letter.docx", "book.xlsx"):
        (tmp_path / name).write_bytes(b"")
    found = files_in([tmp_path, tmp_path / "goals.csv"])
    assert [file.name for file in found] == ["book.xlsx", "goals.csv", "participants.csv"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_templates_are_empty_files_that_can_be_imported(tmp_path: Path, sessions: sessionmaker[Session], form: str) -> None:
    write_templates(tmp_path / "new", form)
    files = files_in([tmp_path / "new"])
    assert len(files) == (len(KINDS) if form == "csv" else 1)
    report = run(sessions, files)
    assert not report.problems and not report.rows and not report.notes
    text = (tmp_path / "new" / EXPLAINED).read_text(encoding="utf-8")
    for kind in KINDS.values():
        assert all(f"| {field.name} | {field.meaning}" in text for field in kind.fields)
    with pytest.raises(FileExists, match="exists already"):
        write_templates(tmp_path / "new", form)
    assert not list((tmp_path / "new").glob(".*"))


def test_a_template_workbook_offers_the_codes_and_explains_the_columns(tmp_path: Path) -> None:
    write_templates(tmp_path, "xlsx")
    book = load_workbook(tmp_path / "veiviser.xlsx")
    choices = {str(rule.sqref): rule.formula1 for rule in book["participants"].data_validations.dataValidation}
    assert choices["F2:F1048576"] == '"refugee,collective_protection,family,work,other"'
    explained = [tuple(cell or "" for cell in row) for row in book["dictionary"].iter_rows(min_row=2, values_only=True)]
    assert explained == dictionary_rows()


def test_no_list_of_codes_is_longer_than_a_spreadsheet_takes() -> None:
    assert max(len(",".join(field.codes)) for kind in KINDS.values() for field in kind.fields) <= 255


def test_the_dictionary_in_the_documentation_is_the_one_of_today() -> None:
    text = (ROOT / "docs" / "import.md").read_text(encoding="utf-8")
    assert renewed(text) == text, "run `.venv/bin/python -m bot.plans.importing.dictionary docs/import.md`"
    with pytest.raises(ValueError, match="needs the lines"):
        renewed("# Import")
