"""A persona as people write it: names, codes, what is unknown, and errors that say what is allowed."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest

from bot.content import Library
from bot.content.yaml_file import read_yaml
from bot.guidance.codes import FINAL_GOALS, LEVELS, PERMITS, SCHOOLING
from bot.guidance.routes import UNLISTED, Experience, Persona, PersonaReader, PersonaUnreadable, Programme, Work
from bot.guidance.routes.countries import Countries, codes_of_norwegian_names
from bot.guidance.routes.occupation_words import OccupationWords
from bot.guidance.routes.place_names import LOCAL


@pytest.fixture
def reader(real_library: Library) -> PersonaReader:
    return PersonaReader(real_library)


def test_a_whole_persona_is_read(reader: PersonaReader) -> None:
    written = {
        "today": "2024-02-29",
        "age": 25,
        "permit": "family",
        "municipality": "Bærum kommune",
        "schooling": "primary",
        "norwegian": {"oral": "B1", "writing": None},
        "english": "A2",
        "experience": [{"occupation": "Kindergarten assistants", "years": 2.5, "percent": 80, "country": "Türkiye", "documented": False}],
        "work": {"occupation": "health_worker", "percent": 0.5, "permanent": True},
        "programme": {"start": "2023-09-01", "goal": "work", "end": "2025-08-31"},
        "wish": "I want to become an electrician",
    }
    assert reader.read(written) == Persona(
        today=dt.date(2024, 2, 29),
        age=25,
        permit="family",
        municipality="baerum",
        schooling="primary",
        norwegian={"oral": "B1"},
        english="A2",
        experience=(Experience("kindergarten_assistant", Fraction(5, 2), Fraction(80), "TR", False),),
        work=Work("health_worker", Fraction(1, 2), True),
        programme=Programme(dt.date(2023, 9, 1), "work", dt.date(2025, 8, 31)),
        wish="electrician",
    )
    assert reader.notes == []


def test_left_out_null_and_unknown_are_the_same(reader: PersonaReader) -> None:
    empty = reader.read({})
    assert empty == Persona(today=dt.date.today())
    assert reader.read({"age": None, "permit": "unknown", "municipality": " ", "norwegian": {}, "english": "unknown", "wish": ""}) == empty
    assert empty.experience is None and reader.read({"experience": []}).experience == ()


@pytest.mark.parametrize("words", ["plumber", "Plumber", "PLUMBERS", "plumber", "rørlegger", " plumber "])
def test_occupations_are_found_by_id_and_name(real_library: Library, words: str) -> None:
    assert OccupationWords(real_library).exact(words) == "plumber"


@pytest.mark.parametrize(
    ("words", "occupation"),
    [
        ("health worker", "health_worker"),
        ("chef", "cook"),
        ("child and youth worker", "child_worker"),
        ("truck driver", "truck_driver"),
        ("programmer", "programmer"),
        ("IT technician", "it_operator"),
        ("x-ray technician", "radiographer"),
        ("teacher assistant", None),
        ("driver", None),
        ("", None),
    ],
)
def test_an_occupation_is_never_the_nearest_one(real_library: Library, words: str, occupation: str | None) -> None:
    assert OccupationWords(real_library).exact(words) == occupation


@pytest.mark.parametrize("occupation", ["nurse", "kindergarten_teacher", "cook", "welder"])
def test_every_id_and_first_english_name_finds_its_occupation(real_library: Library, occupation: str) -> None:
    words = OccupationWords(real_library)
    names = real_library.occupation_names("en")
    assert names is not None
    for key, listed in names.names.items():
        assert words.exact(key) == key
        assert words.exact(listed[0]) == key, listed[0]
    assert words.inside(f"my dream is to be a {occupation.replace('_', ' ')} here") == occupation


@pytest.mark.parametrize(
    ("words", "occupation"),
    [
        ("I want to be a kindergarten assistant", "kindergarten_assistant"),
        ("working as a nursing assistant", "care_assistant"),
        ("assistant nurse", None),
        ("I would not like to be a nurse", None),
        ("something with animals", None),
    ],
)
def test_an_occupation_in_a_sentence_is_not_guessed(real_library: Library, words: str, occupation: str | None) -> None:
    found = OccupationWords(real_library)
    assert (found.exact(words) or found.inside(words)) == occupation


def test_a_wish_with_two_occupations_or_a_goal_names_none(reader: PersonaReader) -> None:
    assert reader.read({"wish": "cook or welder"}).wish == UNLISTED
    assert "wish" in reader.notes[0]
    for goal in (*FINAL_GOALS, "higher education"):
        assert reader.read({"wish": goal}).wish is None
        assert reader.notes == []


def test_an_unlisted_occupation_and_country_are_unknown_and_noted(reader: PersonaReader) -> None:
    person = reader.read({"experience": [{"occupation": "plumer", "country": "Syra"}], "work": {"occupation": "snake charmer"}})
    assert person.experience == (Experience(UNLISTED, country=None),)
    assert person.work == Work(UNLISTED)
    assert len(reader.notes) == 3
    assert "Did you mean plumber?" in reader.notes[0] and "Did you mean Syria?" in reader.notes[1]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Norway", "NO"),
        ("norway", "NO"),
        ("NO", "NO"),
        ("NOR", "NO"),
        ("Syria", "SY"),
        ("Syrian Arab Republic", "SY"),
        ("SYR", "SY"),
        ("DR Congo", "CD"),
        ("Democratic Republic of the Congo", "CD"),
        ("Congo - Kinshasa", "CD"),
        ("Turkey", "TR"),
        ("Türkiye", "TR"),
        ("the Netherlands", "NL"),
        ("Ivory Coast", "CI"),
        ("Côte d'Ivoire", "CI"),
        ("UK", "GB"),
        ("U.S.A.", "US"),
        ("Myanmar", "MM"),
        ("Czech Republic", "CZ"),
        ("Palestine", "PS"),
        ("Kosovo", "XK"),
        ("Bosnia and Herzegovina", "BA"),
        ("EU", None),
        ("Atlantis", None),
    ],
)
def test_countries_by_name_and_code(real_library: Library, words: str, code: str | None) -> None:
    assert Countries(real_library).code(words) == code


def test_the_norwegian_list_of_a_fact_becomes_codes(real_library: Library) -> None:
    names = real_library.facts.on("recognition_vocational_names", dt.date(2026, 11, 21)).value
    codes = codes_of_norwegian_names(str(names))
    assert codes == {"DK", "EE", "IS", "LV", "LT", "PL", "DE"}
    assert len(codes) == real_library.facts.on("recognition_vocational_countries", dt.date(2026, 11, 21)).value


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("Oslo", "oslo"),
        ("OSLO kommune", "oslo"),
        ("Baerum", "baerum"),
        ("lorenskog", "lorenskog"),
        ("Lørenskog", "lorenskog"),
        ("Narvik", "narvik"),
    ]
    + [(name, name.casefold()) for name in ("Bardu", "Hole", "Sola", "Os", "Moss", "Osen", "Bergen", "Nordre Follo")],
)
def test_municipalities_by_name(reader: PersonaReader, words: str, place: str) -> None:
    assert reader.read({"municipality": words}).municipality == place


@pytest.mark.parametrize("words", ["Olso", "Lørenskogen", "Børum"])
def test_a_slip_in_the_name_of_a_local_route_is_an_error(reader: PersonaReader, words: str) -> None:
    with pytest.raises(PersonaUnreadable, match="Did you mean"):
        reader.read({"municipality": words})


def test_the_names_watched_for_slips_are_those_of_the_local_routes(real_library: Library) -> None:
    named = set()
    for file in (real_library.data / "routes").glob("*.yml"):
        for condition in read_yaml(file)["conditions"]:
            named |= {condition["is"]["municipality"]["id"]} if "municipality" in condition.get("is", {}) else set()
    assert named == set(LOCAL)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (
            {"foo": 1},
            ["`foo` is no field", "today, age, permit, municipality, schooling, norwegian, english, experience, work, programme, wish"],
        ),
        ({"permitt": "refugee"}, ["Did you mean permit?"]),
        ({"permit": "tourist"}, ["`permit`", *PERMITS]),
        ({"schooling": "lower"}, ["`schooling`", *SCHOOLING]),
        ({"norwegian": {"oral": "B3"}}, ["`norwegian.oral`", *LEVELS]),
        ({"norwegian": {"speaking": "B1"}}, ["`norwegian.speaking` is no field", "reading, listening, writing, oral"]),
        ({"norwegian": "B1"}, ["write an object with reading, listening, writing, oral"]),
        ({"english": "fluent"}, ["`english`", *LEVELS]),
        ({"programme": {"goal": "school"}}, ["`programme.goal`", *FINAL_GOALS]),
        ({"programme": {"start": 2026}}, ["`programme.start`", "2026-11-21"]),
        ({"today": "2026-02-29"}, ["`today`"]),
        ({"age": -1}, ["`age`"]),
        ({"age": True}, ["`age`"]),
        ({"age": "30"}, ["`age`"]),
        ({"experience": [{}, {"years": -0.5}]}, ["`experience[1].years`"]),
        ({"experience": [{"percent": 101}]}, ["`experience[0].percent`"]),
        ({"experience": [{"yers": 1}]}, ["`experience[0].yers`", "Did you mean years?"]),
        ({"experience": [{"documented": "yes"}]}, ["`experience[0].documented`"]),
        ({"experience": [{"years": float("inf")}]}, ["`experience[0].years`"]),
        ({"work": {"percent": float("nan")}}, ["`work.percent`"]),
        ({"work": 3}, ["write an object with occupation, percent, permanent"]),
        ([], ["A persona is an object"]),
    ],
)
def test_what_is_wrong_is_named_with_what_is_allowed(reader: PersonaReader, written: object, words: list[str]) -> None:
    with pytest.raises(PersonaUnreadable) as problem:
        reader.read(written)
    for word in words:
        assert word in str(problem.value)


def test_all_problems_are_told_at_once(reader: PersonaReader) -> None:
    with pytest.raises(PersonaUnreadable) as problem:
        reader.read({"permit": "x", "age": -1, "foo": 2})
    assert len(problem.value.problems) == 3


def test_an_end_before_the_start_is_taken_as_unknown(reader: PersonaReader) -> None:
    person = reader.read({"programme": {"start": "2026-02-01", "goal": "work", "end": "2026-01-31"}})
    assert person.programme == Programme(goal="work")
    assert "comes before the start" in reader.notes[0]
