"""Sentences, paragraphs, pauses, what is left out, and what an editor is shown."""

from __future__ import annotations

import pytest

from audio.speech import (
    PARAGRAPH_PAUSE_MS,
    SENTENCE_PAUSE_MS,
    Lexicon,
    ReadingOptions,
    Suspicion,
    read_aloud,
    spoken_line,
    spoken_lines,
)
from audio.speech.sentences import split_sentences


def test_a_paragraph_ends_with_a_longer_breath_than_a_sentence() -> None:
    script = read_aloud("Câu một. Câu hai.\n\nCâu ba.")
    assert [sentence.pause_ms for sentence in script.sentences] == [
        SENTENCE_PAUSE_MS,
        PARAGRAPH_PAUSE_MS,
        PARAGRAPH_PAUSE_MS,
    ]
    assert [sentence.paragraph for sentence in script.sentences] == [0, 0, 1]
    assert SENTENCE_PAUSE_MS < PARAGRAPH_PAUSE_MS


@pytest.mark.parametrize(
    ("paragraph", "sentences"),
    [
        ("Ở TP. Hà Nội. Hết.", ["Ở TP. Hà Nội.", "Hết."]),
        ("Ông Nguyễn V. An nói. Xong.", ["Ông Nguyễn V. An nói.", "Xong."]),
        ("1. Nhằm nâng cao. 2 người đến.", ["1. Nhằm nâng cao.", "2 người đến."]),
        ("1.1. Đối tượng: tập thể.", ["1.1. Đối tượng: tập thể."]),
        ("Góp 1.500.000 đồng. Thu 2.000 đồng.", ["Góp 1.500.000 đồng.", "Thu 2.000 đồng."]),
        ("“Tôi đi.” Bà cười.", ["“Tôi đi.”", "Bà cười."]),
        ("Thế à? Vâng! Tốt… Rồi.", ["Thế à?", "Vâng!", "Tốt…", "Rồi."]),
        ("bánh, kẹo v.v. và hoa. Hết", ["bánh, kẹo v.v. và hoa.", "Hết"]),
        ("lao động... gửi thị xã", ["lao động... gửi thị xã"]),
        ("ThS. Lan đến. PGS.TS. Hà về.", ["ThS. Lan đến.", "PGS.TS. Hà về."]),
    ],
)
def test_sentences_end_where_a_reader_breathes(paragraph: str, sentences: list[str]) -> None:
    assert split_sentences(paragraph, Lexicon.shipped()) == sentences


def test_a_wrapped_line_goes_on_with_the_line_before() -> None:
    script = read_aloud("tuyên truyền biểu dương,\n\nnhân rộng các gương tốt.")
    assert [sentence.spoken for sentence in script.sentences] == ["tuyên truyền biểu dương, nhân rộng các gương tốt."]


COVER = """Họ và tên người viết: Nguyễn Thị An
Chức vụ: Chủ tịch Hội
Số điện thoại: 0900 000 123
Địa chỉ: 12 phố Phùng Hưng

Bà Nguyễn Thị Bình đã nuôi 5 trẻ mồ côi.
"""


def test_the_cover_with_its_personal_data_is_not_read() -> None:
    assert read_aloud(COVER).spoken == "Bà Nguyễn Thị Bình đã nuôi năm trẻ mồ côi."


def test_a_single_line_with_a_telephone_number_is_read() -> None:
    assert spoken_line("Số điện thoại: 0900 000 123").spoken.startswith("Số điện thoại: không chín không không")
    assert spoken_lines("Số điện thoại: 0900 000 123")[0].spoken


SIGNED = """Xã tổ chức hội thi ngày 3/2.

Nơi nhận:
- Như trên;
- TT Đảng ủy, HĐND;
- Lưu: VT.

TM. ỦY BAN NHÂN DÂN
CHỦ TỊCH
(Đã ký)
Nguyễn Văn An
"""


def test_recipients_and_signature_are_not_read() -> None:
    assert read_aloud(SIGNED).spoken == "Xã tổ chức hội thi ngày mùng ba tháng hai."


def test_reading_goes_on_after_the_recipients_when_a_text_follows() -> None:
    lines = spoken_lines("Nơi nhận:\n- Lưu: VT\nXã có 5 thôn và đã làm xong đường.")
    assert [line.spoken for line in lines] == ["", "", "Xã có năm thôn và đã làm xong đường."]


@pytest.mark.parametrize(
    "line", ["TM. UBND xã, ông Nam trao quà cho 5 hộ.", "Ký kết giao ước thi đua.", "KT. CHỦ TỊCH", "CHỦ TỊCH"]
)
def test_what_only_looks_like_a_signature_is_read(line: str) -> None:
    assert spoken_lines(line)[0].spoken


def test_the_national_motto_is_not_read() -> None:
    text = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\nBÁO CÁO"
    assert [line.spoken for line in spoken_lines(text)] == ["", "", "BÁO CÁO".lower()]


def test_one_output_line_for_each_input_line() -> None:
    assert [line.spoken for line in spoken_lines("một\n\n2\n")] == ["một", "", "hai"]


def test_an_unknown_abbreviation_is_spelt_and_shown_with_what_will_be_said() -> None:
    said = spoken_line("Tổ CTTĐ họp")
    assert said.spoken == "Tổ xê tê tê đê họp"
    assert said.unknown == ("CTTĐ",)
    [shown] = said.suspicions
    assert (shown.token, shown.kind, shown.proposed) == ("CTTĐ", "unknown", "xê tê tê đê")


def test_an_unknown_abbreviation_of_known_parts_is_guessed_and_still_shown() -> None:
    said = spoken_line("lớp GVTHCS")
    assert said.spoken == "lớp giáo viên trung học cơ sở"
    assert said.unknown == ("GVTHCS",)


@pytest.mark.parametrize("token", ["TT", "CT", "NV", "TB", "ĐT"])
def test_an_abbreviation_of_many_meanings_is_shown_to_the_editor(token: str) -> None:
    said = spoken_line(f"việc của {token} ấy")
    assert said.unknown == (token,)
    assert [shown.kind for shown in said.suspicions] == ["ambiguous"]


def test_a_fraction_that_may_be_a_date_is_shown_to_the_editor() -> None:
    [shown] = spoken_line("Hội thi 1/5 tại đình làng").suspicions
    assert shown.kind == "date_or_fraction"
    assert spoken_line("1/5").suspicions != ()
    assert spoken_line("Hội thi ngày 1/5 vui lắm").suspicions == ()
    assert spoken_line("dành 2/3 lương hưu nuôi cháu").suspicions == ()
    assert spoken_line("đạt 1/5 diện tích").suspicions == ()


def test_odd_characters_and_foreign_words_and_addresses_are_shown() -> None:
    shown = read_aloud("Vui quá 😀 với word foobarbaz, xem www.example.com và chữ Привет.").suspicions
    assert {suspicion.kind for suspicion in shown} == {"odd_character", "foreign", "web_address"}
    assert all(isinstance(suspicion, Suspicion) and suspicion.message for suspicion in shown)


def test_words_in_capitals_are_words() -> None:
    said = spoken_line("Phong trào THI ĐUA QUYẾT THẮNG và KHÔNG ngại khó")
    assert said.spoken == "Phong trào thi đua quyết thắng và không ngại khó"
    assert said.unknown == ()


def test_an_unchanged_text_has_an_unchanged_digest_and_options_change_it() -> None:
    text = "Có 1.105 hộ."
    assert read_aloud(text).digest == read_aloud(text).digest
    assert read_aloud(text).digest != read_aloud(text, options=ReadingOptions(zero_tens="lẻ")).digest


def test_an_empty_text_has_an_empty_script() -> None:
    script = read_aloud(" \n\n")
    assert (script.sentences, script.spoken, script.unknown) == ((), "", ())


def test_a_day_that_the_calendar_lacks_is_shown() -> None:
    [shown] = spoken_line("họp ngày 31/2/2026").suspicions
    assert shown.kind == "number"
    assert spoken_line("họp ngày 28/2/2026").suspicions == ()


def test_a_foreign_word_is_shown_with_vietnamese_syllables_for_it() -> None:
    said = spoken_line("Ông Erik đến thăm")
    assert said.spoken == "Ông Erik đến thăm"
    assert [(shown.token, shown.proposed) for shown in said.suspicions] == [("Erik", "e rích")]
