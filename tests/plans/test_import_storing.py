"""What an import stores: all or nothing, the same twice changes nothing, plans get versions, nothing is taken away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bot.plans.importing import ImportStopped, import_files, run, writing
from bot.plans.importing.kinds import KINDS
from bot.plans.importing.stored import TABLES
from bot.plans.moments import in_utc
from bot.storage.plan_tables import Appointment, Goal, Participant, PlanVersion, Programme
from bot.storage.plan_tables import TestResult as Result
from bot.storage.sealing import Seal, SealError
from tests.plans.import_case import NOW, PEOPLE, SEAL, contents, figures, known, said, write
from tests.plans.import_case import run as import_

T = TypeVar("T")
LATER = dt.datetime(2026, 12, 1, 10, tzinfo=dt.UTC)
GOALS = "reference;key;kind;text;due_on\nA1;final;final;Fagbrev som kokk;30.06.2028\nA1;d1;part;Bestå muntlig B1;\n"
MEASURES = "reference;key;kind;text;responsible;hours_per_week\nA1;n1;norwegian;Norskkurs;school;22,5\n"
PLANS = "reference;from_day;made_by;norwegian_oral\nA1;2026-04-07;Kari;B1\n"


def everything(folder: Path) -> list[Path]:
    """One row of every kind: the examples of the data dictionary."""
    texts = {
        name: ";".join(kind.names) + "\n" + ";".join(f'"{field.example}"' for field in kind.fields) + "\n" for name, kind in KINDS.items()
    }
    return write(folder, **texts)


def versions(sessions: sessionmaker[Session]) -> list[tuple[int, dt.date, str, list[str], list[str]]]:
    """Number, day, maker, goals and measures of every version, as texts."""
    with sessions() as session:
        plans = session.scalars(select(PlanVersion).order_by(PlanVersion.participant_id, PlanVersion.number))
        return [
            (
                plan.number,
                plan.from_day,
                plan.made_by,
                [f"{goal.key}: {SEAL.open(goal.sealed_text)} ({goal.state})" for goal in plan.goals],
                [f"{measure.key}: {SEAL.open(measure.sealed_text)} ({measure.state})" for measure in plan.measures],
            )
            for plan in plans
        ]


def test_every_field_reaches_its_column(sessions: sessionmaker[Session], tmp_path: Path) -> None:
    report = import_(sessions, everything(tmp_path))
    assert report.written and figures(report) == dict.fromkeys(KINDS, (1, 0, 0, 0)) and report.new_plan_versions == 1
    with sessions() as session:
        person = session.scalars(select(Participant)).one()
        assert SEAL.open(person.sealed_name) == "Selam Tesfay" and b"Selam" not in person.sealed_name
        assert (person.reference, person.birth_date, person.municipality) == ("2026-0147", dt.date(1996, 2, 29), "oslo")
        assert (person.language, person.partner_in_programme, person.children, person.demo) == ("ti", False, 2, False)
        assert in_utc(person.created_at) == in_utc(person.changed_at) == NOW
        assert person.programme is not None and person.programme.extended_to == dt.date(2028, 10, 6)
        plan = person.plans[0]
        assert (plan.number, plan.from_day, plan.made_by, plan.norwegian_oral) == (1, dt.date(2026, 4, 7), "Kari Nordmann", "B1")
        assert SEAL.open(plan.goals[0].sealed_text) == "Fagbrev som helsefagarbeider" and plan.goals[0].state == "open"
        assert plan.measures[0].hours_per_week == 22.5 and plan.measures[0].responsible == "school"
        assert (person.results[0].result, person.registrations[0].test_on) == ("A2", dt.date(2026, 12, 1))
        assert (person.absences[0].hours, person.documents[0].state, person.contacts[0].role) == (12.0, "sent_for_translation", "advisor")
        assert in_utc(person.appointments[0].starts_at) == dt.datetime(2026, 11, 24, 8, 30, tzinfo=dt.UTC)


def test_the_same_files_twice_change_nothing(sessions: sessionmaker[Session], tmp_path: Path) -> None:
    files = everything(tmp_path)
    import_(sessions, files)
    before = contents(sessions)
    report = import_(sessions, files, now=LATER)
    assert report.written and figures(report) == dict.fromkeys(KINDS, (0, 0, 1, 0)) and report.new_plan_versions == 0
    assert contents(sessions) == before


def test_a_dry_run_reports_the_same_and_writes_nothing(sessions: sessionmaker[Session], tmp_path: Path) -> None:
    files = everything(tmp_path)
    dry = import_(sessions, files, dry_run=True)
    assert not dry.written and all(rows == [] for rows in contents(sessions).values())
    wet = import_(sessions, files)
    assert {**dry.as_json(), "written": True, "dry_run": False} == wet.as_json()


def test_one_problem_in_one_file_and_nothing_of_any_file_is_written(sessions: sessionmaker[Session], tmp_path: Path) -> None:
    files = [*everything(tmp_path), *write(tmp_path, kontakter="reference;key;role;name\n2026-0147;c;boss;Kari\n")]
    report = import_(sessions, files)
    assert not report.written and "Did you mean" not in said(report) and "is not one of advisor" in said(report)
    assert all(rows == [] for rows in contents(sessions).values())


@pytest.mark.parametrize("kind", ["participants", "goals", "contacts"])
def test_a_crash_in_the_middle_leaves_nothing(
    sessions: sessionmaker[Session], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    files = everything(tmp_path)
    insert = writing.insert

    def crash(table: Any) -> Any:
        if table is TABLES[kind]:
            raise RuntimeError("the power is gone")
        return insert(table)

    with monkeypatch.context() as patch:
        patch.setattr(writing, "insert", crash)
        with pytest.raises(RuntimeError, match="power"):
            import_(sessions, files)
    assert all(rows == [] for rows in contents(sessions).values())
    assert import_(sessions, files).written


def test_only_what_differs_is_changed(sessions: sessionmaker[Session], tmp_path: Path) -> None:
    import_(sessions, write(tmp_path, participants="reference;name;municipality;permit\nA1;Selam;oslo;refugee\nB2;Omar;oslo;work\n"))
    text = "reference;name;municipality;permit;english\nA1;Selam Tesfay;oslo;;A2\nB2;Omar;oslo;work;\nC3;Noor;drammen;;\n"
    report = import_(sessions, write(tmp_path, participants=text), now=LATER)
    assert figures(report) == {"participants": (1, 1, 1, 0)}
    with sessions() as session:
        first, second, third = session.scalars(select(Participant).order_by(Participant.reference))
        assert (SEAL.open(first.sealed_name), first.permit, first.english) == ("Selam Tesfay", "refugee", "A2")
        assert in_utc(first.changed_at) == LATER and in_utc(first.created_at) == NOW
        assert in_utc(second.changed_at) == NOW and third.municipality == "drammen"


def test_an_empty_cell_says_nothing_and_the_mark_for_empty_takes_away(sessions: sessionmaker[Session], tmp_path: Path) -> None:
    import_(sessions, write(tmp_path, participants=PEOPLE, programmes="reference;planned_end;extended_to\nA1;2028-01-01;2028-06-01\n"))
    appointment = "reference;key;kind;starts_at;place;state\nA1;m;nav;2026-12-01 09:00;NAV;{}\n"
    import_(sessions, write(tmp_path, appointments=appointment.format("held")))
    text = "reference;planned_end;extended_to\nA1;;(Empty)\n"
    report = import_(sessions, write(tmp_path, programmes=text, appointments=appointment.format("(empty)").replace(";NAV;", ";(empty);")))
    assert figures(report) == {"programmes": (0, 1, 0, 0), "appointments": (0, 1, 0, 0)}
    with sessions() as session:
        programme = session.scalars(select(Programme)).one()
        assert (programme.planned_end, programme.extended_to) == (dt.date(2028, 1, 1), None)
        meeting = session.scalars(select(Appointment)).one()
        assert (meeting.place, meeting.state) == ("", "planned")


def test_what_the_files_do_not_name_stays(sessions: sessionmaker[Session], tmp_path: Path) -> None:
    import_(sessions, write(tmp_path, participants=PEOPLE, plans=PLANS, goals=GOALS, measures=MEASURES))
    import_(sessions, write(tmp_path, participants="reference;name;municipality\nC3;Noor;oslo\n"))
    import_(sessions, write(tmp_path, goals="reference;key;kind;text\nA1;d2;part;Bestå samfunnskunnskapsprøven\n"), now=LATER)
    with sessions() as session:
        assert len(session.scalars(select(Participant)).all()) == 3
    assert versions(sessions)[-1][3:] == (
        ["final: Fagbrev som kokk (open)", "d1: Bestå muntlig B1 (open)", "d2: Bestå samfunnskunnskapsprøven (open)"],
        ["n1: Norskkurs (planned)"],
    )


def test_a_changed_goal_makes_one_new_version_and_keeps_the_old(sessions: sessionmaker[Session], tmp_path: Path) -> None:
    files = write(tmp_path, participants=PEOPLE, plans=PLANS, goals=GOALS, measures=MEASURES)
    assert import_(sessions, files).new_plan_versions == 1
    changed = write(tmp_path, goals=GOALS.replace("kokk", "baker"), measures=MEASURES.replace("Norskkurs", "Norsk i praksis"))
    report = import_(sessions, changed, now=LATER)
    assert figures(report) == {"goals": (0, 1, 1, 0), "measures": (0, 1, 0, 0)} and report.new_plan_versions == 1
    first, second = versions(sessions)
    assert first == (
        1,
        dt.date(2026, 4, 7),
        "Kari",
        ["final: Fagbrev som kokk (open)", "d1: Bestå muntlig B1 (open)"],
        ["n1: Norskkurs (planned)"],
    )
    assert second[:3] == (2, LATER.date(), "import")  # nobody else said who made it, and from when
    assert second[3:] == (["final: Fagbrev som baker (open)", "d1: Bestå muntlig B1 (open)"], ["n1: Norsk i praksis (planned)"])
    with sessions() as session:
        assert [plan.norwegian_oral for plan in session.scalars(select(PlanVersion).order_by(PlanVersion.number))] == ["B1", "B1"]
        assert len(session.scalars(select(Goal)).all()) == 4
        touched = session.scalars(select(Participant.changed_at).order_by(Participant.reference))
        assert [in_utc(moment) for moment in touched] == [LATER, NOW]
    assert import_(sessions, changed, now=LATER).new_plan_versions == 0


def test_a_changed_head_alone_makes_a_new_version(sessions: sessionmaker[Session], tmp_path: Path) -> None:
    import_(sessions, write(tmp_path, participants=PEOPLE, plans=PLANS, goals=GOALS))
    report = import_(sessions, write(tmp_path, plans=PLANS.replace("2026-04-07;Kari;B1", "2026-11-01;;B2")), now=LATER)
    assert figures(report) == {"plans": (0, 1, 0, 0)}
    assert versions(sessions)[1][:4] == (2, dt.date(2026, 11, 1), "Kari", ["final: Fagbrev som kokk (open)", "d1: Bestå muntlig B1 (open)"])


def test_goals_without_a_plan_begin_one(sessions: sessionmaker[Session], tmp_path: Path) -> None:
    report = import_(sessions, write(tmp_path, participants=PEOPLE, goals=GOALS))
    assert report.written and versions(sessions)[0][:3] == (1, dt.date(2026, 11, 22), "import")


def test_a_plan_without_a_goal_is_a_plan(sessions: sessionmaker[Session], tmp_path: Path) -> None:
    import_(sessions, write(tmp_path, participants=PEOPLE, plans=PLANS))
    assert versions(sessions) == [(1, dt.date(2026, 4, 7), "Kari", [], [])]


def test_a_corrected_result_replaces_the_one_of_that_day_and_another_day_is_another_result(
    sessions: sessionmaker[Session], tmp_path: Path
) -> None:
    text = "reference;test;part;result;taken_on\nA1;norskprove;oral;{};{}\n"
    import_(sessions, write(tmp_path, participants=PEOPLE, results=text.format("A2", "2026-09-15")))
    report = import_(sessions, write(tmp_path, results=text.format("B1", "15.09.2026") + "A1;norskprove;oral;A1;2025-09-15\n"))
    assert figures(report) == {"results": (1, 1, 0, 0)}
    with sessions() as session:
        found = session.execute(select(Result.taken_on, Result.result).order_by(Result.taken_on)).all()
    assert [tuple(row) for row in found] == [(dt.date(2025, 9, 15), "A1"), (dt.date(2026, 9, 15), "B1")]


def test_the_same_key_of_two_people_is_two_things(sessions: sessionmaker[Session], tmp_path: Path) -> None:
    text = "reference;key;kind;starts_at\nA1;m;nav;2026-12-01 09:00\nB2;m;nav;2026-12-01 09:00\n"
    assert figures(import_(sessions, write(tmp_path, participants=PEOPLE, appointments=text)))["appointments"] == (2, 0, 0, 0)


def test_rows_may_be_about_people_of_an_earlier_import(sessions: sessionmaker[Session], tmp_path: Path) -> None:
    import_(sessions, write(tmp_path, participants=PEOPLE))
    [file] = write(tmp_path, goals=GOALS)
    assert import_(sessions, [file]).written


def test_more_rows_than_one_batch_are_written_and_found_again(sessions: sessionmaker[Session], tmp_path: Path) -> None:
    count = 1203
    people = "reference;name;municipality\n" + "".join(f"P{number};Person {number};oslo\n" for number in range(count))
    goals = "reference;key;kind;text\n" + "".join(f"P{number};final;final;Mål {number}\n" for number in range(count))
    files = write(tmp_path, participants=people, goals=goals)
    assert figures(import_(sessions, files)) == {"participants": (count, 0, 0, 0), "goals": (count, 0, 0, 0)}
    assert figures(import_(sessions, files)) == {"participants": (0, 0, count, 0), "goals": (0, 0, count, 0)}
    with sessions() as session:
        rows = session.execute(
            select(Participant.reference, Goal.sealed_text)
            .join(PlanVersion, PlanVersion.participant_id == Participant.id)
            .join(Goal, Goal.plan_id == PlanVersion.id)
        )
        assert {reference: SEAL.open(text) for reference, text in rows} == {f"P{number}": f"Mål {number}" for number in range(count)}


def test_a_change_of_somebody_else_in_between_stops_the_import_whole(
    sessions: sessionmaker[Session], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between comparing and writing, an advisor writes a version of the same plan."""
    import_(sessions, write(tmp_path, participants=PEOPLE, plans=PLANS, goals=GOALS))
    before = contents(sessions)["participants"]

    def meanwhile(*arguments: Any) -> None:
        with sessions.begin() as other:
            owner = other.scalars(select(Participant.id).where(Participant.reference == "A1")).one()
            other.add(PlanVersion(participant_id=owner, number=2, from_day=LATER.date(), made_by="Kari"))
        writing.write(*arguments)

    monkeypatch.setattr(run, "write", meanwhile)
    text = "reference;name;municipality\nA1;Selam T;oslo\n"
    with pytest.raises(ImportStopped, match="Nothing was written"):
        import_(sessions, write(tmp_path, participants=text, goals=GOALS.replace("kokk", "baker")), now=LATER)
    assert contents(sessions)["participants"] == before
    assert [version[:3] for version in versions(sessions)] == [(1, dt.date(2026, 4, 7), "Kari"), (2, LATER.date(), "Kari")]


def test_a_change_of_somebody_else_in_another_field_stays(
    sessions: sessionmaker[Session], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_(sessions, write(tmp_path, participants=PEOPLE))

    def meanwhile(*arguments: Any) -> None:
        with sessions.begin() as other:
            other.scalars(select(Participant).where(Participant.reference == "A1")).one().living = "alone"
        writing.write(*arguments)

    monkeypatch.setattr(run, "write", meanwhile)
    import_(sessions, write(tmp_path, participants="reference;name;municipality;permit\nA1;Selam Tesfay;oslo;work\n"), now=LATER)
    with sessions() as session:
        person = session.scalars(select(Participant).where(Participant.reference == "A1")).one()
        assert (person.living, person.permit) == ("alone", "work")


def test_whoever_waits_is_told_how_far_it_has_come(sessions: sessionmaker[Session], tmp_path: Path) -> None:
    heard: list[str] = []

    def track(items: Sequence[T], doing: str, /) -> Iterable[T]:
        heard.append(f"{doing}: {len(items)}")
        return items

    [file] = write(tmp_path, participants=PEOPLE)
    assert import_files(sessions, SEAL, [file], known(), now=NOW, track=track).written
    assert heard == ["Opening files: 1", f"Reading {file}: 2", "Comparing: 1", "Writing participants: 1"]


def test_words_sealed_with_another_key_stop_the_import(sessions: sessionmaker[Session], tmp_path: Path) -> None:
    files = write(tmp_path, participants=PEOPLE)
    import_(sessions, files)
    with pytest.raises(SealError, match="another key"):
        import_(sessions, files, seal=Seal(Fernet.generate_key().decode()))
