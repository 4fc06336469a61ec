from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.engines import speak_by
from audio.engines.espeak import Espeak
from audio.engines.monotone import Monotone
from audio.estimating import PACES, Pace, Sample, estimate_ms, learn, pace_of

#: Not among the texts that the coefficients were learnt from.
ARTICLES = (
    "Ở thôn Đông, ai cũng biết bác Lâm, người đã hơn hai mươi năm giữ gìn con đường làng. Sáng nào bác cũng dậy sớm, "
    "quét dọn, khơi thông cống rãnh, rồi mới ra đồng. Bác nói rằng đường sạch thì lòng người cũng vui hơn.",
    "Năm vừa qua, chi hội phụ nữ khu phố đã quyên góp được ba mươi hai triệu đồng. Số tiền ấy được trao cho mười sáu "
    "em nhỏ mồ côi. Ngoài ra, các chị còn nhận đỡ đầu hai cụ già neo đơn, thay nhau nấu cơm và đưa đi khám bệnh.",
    "Đơn vị đã tổ chức bốn buổi tập huấn về phòng cháy. Hơn sáu trăm hộ dân tham gia. Nhờ vậy, khi đám cháy nhỏ xảy "
    "ra tại chợ, bà con đã dập tắt kịp thời, không ai bị thương, tài sản được bảo vệ.",
)


@pytest.mark.parametrize("text", ARTICLES)
def test_an_article_that_was_never_heard_is_foretold_within_a_few_per_cent(text: str) -> None:
    engine = Espeak()
    try:
        sentences = [sentence.strip() + "." for sentence in text.split(".") if sentence.strip()]
        real_ms = speak_by(engine, [(sentence, 0) for sentence in sentences]).pcm.length_ms
    finally:
        engine.close()
    assert estimate_ms(text, 0, PACES["espeak"]) == pytest.approx(real_ms, rel=0.06)


def test_the_monotone_voice_is_foretold_exactly() -> None:
    for text in ARTICLES:
        real_ms = Monotone().synthesise(text).length_ms
        assert estimate_ms(text, 0, PACES["monotone"]) == real_ms


def test_pauses_are_added_as_they_are() -> None:
    assert estimate_ms(ARTICLES[0], 1234, PACES["espeak"]) == estimate_ms(ARTICLES[0], 0, PACES["espeak"]) + 1234
    assert estimate_ms("", 700, PACES["espeak"]) == 700


@settings(max_examples=25)
@given(
    syllable_ms=st.integers(150, 350),
    comma_ms=st.integers(100, 400),
    stop_ms=st.integers(0, 300),
    shapes=st.lists(
        st.tuples(st.integers(40, 400), st.integers(1, 40), st.integers(1, 40)), min_size=12, max_size=20, unique=True
    ),
)
def test_a_pace_is_learnt_from_what_was_heard(
    syllable_ms: int, comma_ms: int, stop_ms: int, shapes: list[tuple[int, int, int]]
) -> None:
    true = Pace(syllable_ms, comma_ms, stop_ms)
    texts = ["ba " * words + "một, " * commas + "hai. " * stops for words, commas, stops in shapes]
    learnt = learn(Sample(text, estimate_ms(text, 0, true)) for text in texts)
    for text in texts:
        assert estimate_ms(text, 0, learnt) == pytest.approx(estimate_ms(text, 0, true), rel=0.01)


def test_too_few_articles_teach_nothing() -> None:
    with pytest.raises(ValueError, match="at least 8"):
        learn([Sample("một hai ba", 900)] * 7 + [Sample("", 100), Sample("một", 0)])


def test_texts_without_a_comma_say_nothing_absurd_about_commas() -> None:
    learnt = learn(Sample("ba " * words + ".", words * 260 + 50) for words in range(20, 40))
    assert learnt.syllable_ms == pytest.approx(260, abs=8)
    assert 0 <= learnt.comma_ms < 500


def test_a_voice_that_was_never_heard_counts_as_espeak() -> None:
    assert pace_of("viettel") == PACES["espeak"]
