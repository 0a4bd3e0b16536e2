"""Scripts, letters and terms by rule; the trained identifier on what people write."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.identification import Identifier
from bot.identification.from_model import NoModel, identifier_of
from bot.identification.general import General
from bot.identification.prepare import without_marks, without_terms
from bot.identification.scripts import script_of
from bot.settings import ROOT
from tests.conftest import missing


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("hei", "Latn"),
        ("مرحبا", "Arab"),
        ("привіт", "Cyrl"),
        ("ሰላም", "Ethi"),
        ("สวัสดี", "other"),
        ("123 ?!", ""),
        ("norskprøve introduksjonsprogram የት", "Latn"),
    ],
)
def test_scripts(text: str, script: str) -> None:
    assert script_of(text) == script


def test_the_script_is_that_of_the_persons_own_words() -> None:
    assert script_of("ኣብ norskprøven introduksjonsprogrammet") == "Latn"
    assert script_of(without_terms("ኣብ norskprøven introduksjonsprogrammet")) == "Ethi"


def test_norwegian_terms_are_left_out_unless_nothing_else_is_there() -> None:
    assert without_terms("Ez norskprøve dikim") == "Ez dikim"
    assert without_terms("norskprøven") == "norskprøven"


def test_marks_are_taken_off() -> None:
    assert without_marks("çêîşûøåæ") == "ceisuoaa"


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Identifier:
    try:
        return Identifier(identifier_of(ROOT / "models", tmp_path_factory.mktemp("identifier")), General())
    except NoModel as error:
        missing(str(error))
        raise


@pytest.mark.model
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Jeg har ikke fått svar fra kommunen", "nb"),
        ("Eg har ikkje fått svar frå kommunen", "nn"),
        ("When do I get my money?", "en"),
        ("أريد أن أغير خطتي", "ar"),
        ("من میخواهم پلان خود را تغییر بدهم", "fa"),
        ("زه غواړم چې خپل پلان بدل کړم", "ps"),
        ("دەمەوێت پلانەکەم بگۆڕم", "ckb"),
        ("Ez dixwazim plana xwe biguherim", "kmr"),
        ("Planımı değiştirmek istiyorum", "tr"),
        ("መደበይ ክቕይር እደሊ", "ti"),
        ("እቅዴን መቀየር እፈልጋለሁ", "am"),
        ("Waxaan rabaa inaan beddelo qorshahayga", "so"),
        ("Nataka kubadilisha mpango wangu", "sw"),
        ("Ndashaka guhindura gahunda yanjye", "rw"),
        ("Я хочу змінити свій план", "uk"),
        ("Я хочу изменить свой план", "ru"),
        ("Je veux changer mon plan", "fr"),
        ("Quiero cambiar mi plan", "es"),
        ("Planimi degistirmek istiyorum lutfen", "tr"),
        ("Ez dixwazim norskproven bikim", "kmr"),
    ],
)
def test_a_sentence_is_recognised(trained: Identifier, text: str, code: str) -> None:
    found = trained.identify(text)
    assert found.code == code and found.confidence > 0.7


@pytest.mark.model
@pytest.mark.parametrize(
    "text",
    [
        "Chcę zmienić mój plan, proszę o pomoc",
        "Tôi muốn thay đổi kế hoạch của tôi",
        "میں اپنا منصوبہ تبدیل کرنا چاہتا ہوں",
        "ผมอยากเปลี่ยนแผน",
        "我想改变我的计划",
    ],
)
def test_a_language_we_do_not_speak_is_called_unknown(trained: Identifier, text: str) -> None:
    assert trained.identify(text).code == "und"


@pytest.mark.model
def test_latin_typing_is_noticed(trained: Identifier) -> None:
    found = trained.identify("ana biddi a3raf imta bi9dar asajjel 3al imti7an")
    assert (found.code, found.latin) == ("ar", True)


@pytest.mark.model
def test_nothing_to_read_has_no_language(trained: Identifier) -> None:
    assert trained.identify("12345 !!").confidence == 0.0


def test_without_a_model_the_next_step_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoModel, match="make train"):
        identifier_of(tmp_path, tmp_path)
