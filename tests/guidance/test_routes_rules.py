"""The rules as data: what they may say, which mistakes are told, three-valued logic, the time of the programme."""

from __future__ import annotations

import datetime as dt
import shutil
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from bot.content import ContentError, Library
from bot.content.checks.routes import check
from bot.guidance.codes import LEVELS, SKILLS
from bot.guidance.routes import Missing, Persona, Programme, RouteWords, find_routes, programme_time, read_route_rules
from bot.guidance.routes.expressions import NAMED, expression
from bot.guidance.routes.situation import Situation, years_after
from bot.guidance.routes.tests_of_persona import job_hours, not_in_programme, programme_over_for
from bot.guidance.routes.truth import Found, Truth, all_of, any_of, negated
from bot.settings import ROOT

TODAY = dt.date(2026, 11, 21)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The rules in a scratch copy."""
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("topics", "read_back"))
    (tmp_path / "data" / "topics").mkdir()
    return tmp_path / "data" / "routes"


def test_three_valued_logic_is_kleenes() -> None:
    for a, b in product(Truth, Truth):
        assert all_of([Found(a), Found(b)]).truth == min(a, b)
        assert any_of([Found(a), Found(b)]).truth == max(a, b)
        assert negated(all_of([Found(a), Found(b)])).truth == any_of([negated(Found(a)), negated(Found(b))]).truth


def test_only_what_decides_is_missing() -> None:
    known, lacking = Found(Truth.UNKNOWN, (Missing("age"),)), Found(Truth.NO, (Missing("job"),))
    assert all_of([known, lacking]).missing == (Missing("job"),)
    assert any_of([known, lacking]).missing == (Missing("age"),)
    assert any_of([Found(Truth.YES), known]).missing == ()


def test_a_missing_amount_is_part_of_its_code() -> None:
    assert str(Missing("practice_months", {"months": "14"})) == "practice_months_14"
    assert str(Missing("norwegian_oral", {"level": "B1"})) == "norwegian_oral_B1"


def test_the_real_rules_pass_their_check(real_library: Library) -> None:
    assert list(check(real_library)) == []
    assert len(read_route_rules(real_library.data / "routes")) == 20


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("vgs_adult.yml", "vgs_free]", "vgs_fre]", "no fact. Did you mean vgs_free?"),
        ("vgs_adult.yml", "decides: county", "decides: countyy", "no text below `decides:`"),
        ("kvp.yml", "missing: nav_assessment", "missing: nav_asessment", "no text below `missing:`"),
        ("fov.yml", "primary_undocumented: documents_primary", "primary_undocumented: papers_primary", "no text below `missing:`"),
        ("texts/nb.yml", 'county: "Fylkeskommunen avgjør."', 'county: "Fylkeskommunen avgjør innen 3 uker."', "has the digits 3"),
        ("shared/programme_time.yml", "longest: intro_max_years_work", "longest: intro_max_years_wrk", "no fact"),
    ],
)
def test_a_slip_in_the_data_is_told_with_its_file(folder: Path, file: str, old: str, new: str, words: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    [problem] = check(Library(folder.parent))
    assert words in problem.problem and problem.file == folder / file


def test_another_language_must_have_the_same_texts(folder: Path) -> None:
    text = (folder / "texts" / "nb.yml").read_text(encoding="utf-8")
    changed = text.replace("language: nb", "language: nn").replace("  job: ", "  jobb: ").replace("nivå {level}", "nivå", 1)
    (folder / "texts" / "nn.yml").write_text(changed, encoding="utf-8")
    problems = " ".join(error.problem for error in check(Library(folder.parent)))
    assert "`missing` lacks `job`" in problems and "`jobb` is not known" in problems and "needs the places level" in problems


def test_content_without_routes_has_nothing_to_check(tmp_path: Path, library: Library) -> None:
    assert list(check(library)) == []


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"age_form": {"fact": "vgs_adult_age"}}, "Did you mean age_from?"),
        ({"age_from": {"facts": "vgs_adult_age"}}, "no parameter of age_from. Did you mean fact?"),
        ({"age_from": {}}, "`age_from` needs `fact`"),
        ({"age_from": 18}, "`age_from` takes fact"),
        ({"all": []}, "needs a list"),
        ({"has_job": {}, "age_from": {}}, "one name"),
        ("age > 18", "one name"),
    ],
)
def test_a_test_nobody_knows_is_told(entry: Any, words: str) -> None:
    with pytest.raises(ContentError, match=words):
        expression(entry, Path("vgs.yml"), 3)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("decides: nav", "decide: nav", "Did you mean decides?"),
        ("if_not: not_yet", "if_not: later", "closed, not_yet, ask"),
        ("  because: too_old\n", "", "needs `because`"),
        ("- id: age_from", "- use: age_form", "no shared condition"),
        ("  facts: [kvp_age_min]\n", "", "needs `facts`"),
        ("  ask: ask_nav", "  asks: ask_nav", "not a key of a condition"),
    ],
)
def test_a_slip_in_a_route_is_told(folder: Path, old: str, new: str, words: str) -> None:
    file = folder / "kvp.yml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentError, match=words):
        read_route_rules(folder)


def test_a_route_without_rules_and_a_file_without_route_are_told(folder: Path) -> None:
    (folder / "kvp.yml").rename(folder / "kpv.yml")
    with pytest.raises(ContentError, match="kpv is no route. Did you mean kvp?"):
        read_route_rules(folder)
    (folder / "kpv.yml").unlink()
    with pytest.raises(ContentError, match="has no rules"):
        read_route_rules(folder)


def test_a_fact_that_is_not_confirmed_never_decides(folder: Path) -> None:
    facts = folder.parent / "facts" / "education.yml"
    text = facts.read_text(encoding="utf-8")
    before, after = text.split("  vgs_needs_grunnskole:", 1)
    facts.write_text(before + "  vgs_needs_grunnskole:" + after.replace("confidence: confirmed", "confidence: older", 1), encoding="utf-8")
    library = Library(folder.parent)
    for schooling in ("none", "primary"):
        answer = find_routes(Persona(TODAY, age=30, permit="refugee", schooling=schooling), library)[0]
        assert answer.verdict == "ask" and "confirmation" in map(str, answer.missing)


def test_the_number_of_the_fact_is_the_number_of_the_rule(folder: Path) -> None:
    facts = folder.parent / "facts" / "education.yml"
    text = facts.read_text(encoding="utf-8")
    before, after = text.split("  vgs_adult_age:", 1)
    facts.write_text(before + "  vgs_adult_age:" + after.replace("value: 19", "value: 31", 1), encoding="utf-8")
    answer = find_routes(Persona(TODAY, age=30, permit="refugee", schooling="primary"), Library(folder.parent))[0]
    assert answer.verdict == "not_yet" and [str(one) for one in answer.missing] == ["school_year_age_31"]


@pytest.mark.parametrize(
    ("start", "goal", "schooling", "months", "extension"),
    [
        ("2026-03-01", "full_vgo", "primary", 48, 12),
        ("2025-01-01", "full_vgo", "none", 48, 12),
        ("2024-12-31", "full_vgo", "primary", 36, 12),
        ("2026-03-01", "part_vgo", "primary", 36, 12),
        ("2024-06-01", "part_vgo", "primary", 24, 12),
        ("2026-01-01", "work", "primary_undocumented", 24, 0),
        ("2025-12-31", "work", "primary", 24, 12),
        ("2026-02-28", "fagbrev", "primary", 60, 0),
        ("2026-02-28", "work", "upper_secondary", 12, 0),
        ("2023-02-28", "work", "higher", 6, 6),
    ],
)
def test_the_start_decides_how_long_the_programme_may_last(
    real_library: Library, start: str, goal: str, schooling: str, months: int, extension: int
) -> None:
    person = Persona(TODAY, schooling=schooling, programme=Programme(dt.date.fromisoformat(start), goal))
    time = programme_time(person, real_library)
    assert time is not None and (time.months, time.extension) == (months, extension)
    assert set(time.fact_ids) <= set(real_library.facts)


@pytest.mark.parametrize(
    ("start", "goal", "schooling"),
    [
        (None, "work", "primary"),
        ("2026-01-01", None, "primary"),
        ("2026-01-01", "work", None),
        ("2026-01-01", "work", "upper_secondary_unrecognised"),
        ("2025-06-01", "fagbrev", "primary"),
        ("2019-01-01", "work", "primary"),
    ],
)
def test_what_no_source_tells_about_the_time_is_not_told(
    real_library: Library, start: str | None, goal: str | None, schooling: str | None
) -> None:
    programme = Programme(dt.date.fromisoformat(start) if start else None, goal)
    assert programme_time(Persona(TODAY, schooling=schooling, programme=programme), real_library) is None


def test_the_time_of_the_programme_is_a_reason_of_the_routes_of_its_goal(real_library: Library) -> None:
    programme = Programme(dt.date(2024, 5, 1), "full_vgo")
    reasons = find_routes(Persona(TODAY, age=30, permit="refugee", schooling="primary", programme=programme), real_library)[0].reasons
    assert "intro_old_full_vgs_years" in reasons and "intro_max_years_vgs" not in reasons


def test_years_after_a_leap_day() -> None:
    assert years_after(dt.date(2024, 2, 29), 2) == dt.date(2026, 3, 1)
    assert years_after(dt.date(2024, 2, 29), 4) == dt.date(2028, 2, 29)


def test_dates_of_the_programme(real_library: Library) -> None:
    def on(today: dt.date, start: dt.date | None, end: dt.date | None) -> Situation:
        return Situation(Persona(today, programme=Programme(start, None, end)), real_library)

    first, last = dt.date(2026, 2, 1), dt.date(2026, 11, 21)
    assert not_in_programme(on(last, first, last)).truth is Truth.NO
    assert not_in_programme(on(last + dt.timedelta(days=1), first, last)).truth is Truth.YES
    assert not_in_programme(on(first - dt.timedelta(days=1), first, None)).truth is Truth.YES
    assert not_in_programme(on(last, first, None)).truth is Truth.UNKNOWN
    assert not_in_programme(on(last, None, last)).truth is Truth.UNKNOWN
    assert programme_over_for(on(dt.date(2026, 11, 21), None, None), "jobbsjansen_wait_years").truth is Truth.UNKNOWN


@pytest.mark.parametrize(
    ("percent", "truth"), [(0, Truth.NO), (74, Truth.NO), (75, Truth.UNKNOWN), (79, Truth.UNKNOWN), (80, Truth.YES), (100, Truth.YES)]
)
def test_percent_as_hours(real_library: Library, percent: int, truth: Truth) -> None:
    from fractions import Fraction

    from bot.guidance.routes import Work

    situation = Situation(Persona(TODAY, work=Work(percent=Fraction(percent))), real_library)
    assert job_hours(situation, "intro_work_hours", {"shortest": 37.5, "longest": 40}).truth is truth


def test_every_test_has_a_sentence_that_says_what_it_asks() -> None:
    assert all((test.__doc__ or "").startswith(("Whether", "Always")) for test in NAMED.values())


def test_every_code_a_test_gives_has_a_text(real_library: Library) -> None:
    words = RouteWords(real_library, "nb")
    amounts = [Missing(f"norwegian_{skill}", {"level": level}) for skill in SKILLS for level in LEVELS]
    amounts += [
        Missing("practice_months", {"months": "3"}),
        Missing("wait_until", {"date": "2028-02-29"}),
        Missing("older_than", {"age": "25"}),
    ]
    fields = [Missing(f"norwegian.{skill}") for skill in SKILLS] + [
        Missing(f"experience.{name}") for name in ("years", "percent", "country")
    ]
    for one in (*amounts, *fields):
        assert words.missing(one) and "{" not in words.missing(one)
    assert words.missing(Missing("wait_until", {"date": "2028-02-29"})) == "Du må vente til 29. februar 2028."
