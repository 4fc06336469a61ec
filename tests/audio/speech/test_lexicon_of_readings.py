"""The lexicon: its table, its faults, and which entry wins where."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from audio.speech import Entry, Lexicon, LexiconError, read_aloud, spoken_line
from audio.speech.letters import is_syllable


def test_the_shipped_lexicon_holds_more_than_four_hundred_entries_each_with_a_note() -> None:
    entries = Lexicon.shipped().entries
    assert len(entries) >= 400
    assert not [entry.written for entry in entries if not entry.note]


def test_every_shipped_reading_is_made_of_vietnamese_syllables() -> None:
    """What an engine for Vietnamese can say; a foreign cluster would be swallowed."""
    odd = [
        (entry.written, word)
        for entry in Lexicon.shipped().entries
        for word in re.findall(r"[^\W\d_]+", entry.spoken)
        if not is_syllable(word)
    ]
    assert odd == []


def test_no_shipped_reading_needs_another_reading() -> None:
    changed = [
        entry.spoken
        for entry in Lexicon.shipped().entries
        if len(entry.spoken) > 1 and spoken_line(entry.spoken).spoken.casefold() != entry.spoken.casefold()
    ]
    assert changed == []


def test_all_faults_of_a_table_are_told_at_once_with_their_lines() -> None:
    table = "\n".join(
        [
            "written\tspoken\tkind",
            "ABC",
            "\ta bê xê",
            "XYZ\t<b>ích</b>",
            "QRS\tquy\tnonsense",
            "OK1\tmột",
            "OK1\thai",
            "a\tb\tforeign\t\t\t\t\textra\tmore",
        ]
    )
    with pytest.raises(LexiconError) as caught:
        Lexicon.from_tsv(table)
    assert [fault.line for fault in caught.value.faults] == [2, 3, 4, 5, 7, 8]
    message = str(caught.value)
    assert "Dòng 2: thiếu cách đọc của “ABC” (cột 2)." in message
    assert "Dòng 7: “OK1” đã có ở dòng 6." in message


def test_a_table_needs_only_two_columns_and_no_heading() -> None:
    lexicon = Lexicon.from_tsv("XQZ\txưởng quốc doanh\n")
    assert spoken_line("tại XQZ", lexicon).spoken == "tại xưởng quốc doanh"


def test_a_table_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "town.tsv"
    path.write_text("\ufeffXQZ\txưởng quốc doanh\n", encoding="utf-8")
    assert Lexicon.from_tsv(path) == Lexicon.from_tsv(str(path)) == Lexicon.from_tsv("XQZ\txưởng quốc doanh")


def test_a_file_that_is_no_text_is_refused_kindly(tmp_path: Path) -> None:
    path = tmp_path / "town.tsv"
    path.write_bytes(b"\xff\xfe\x00X")
    with pytest.raises(LexiconError, match="UTF-8"):
        Lexicon.from_tsv(path)


def test_the_towns_entry_beats_every_shipped_one_of_the_same_writing() -> None:
    lexicon = Lexicon.shipped().with_entries([Entry("TT", "trạm truyền thanh")])
    said = spoken_line("TT Thị ủy và TT VHTT", lexicon)
    assert said.spoken == "trạm truyền thanh Thị ủy và trạm truyền thanh Văn hóa, Thông tin"
    assert said.unknown == ()


def test_an_entry_bound_to_its_neighbours_counts_only_beside_them() -> None:
    lexicon = Lexicon.shipped().with_entries(
        [Entry("KS", "khách sạn", before=("tại",)), Entry("KS", "khảo sát", after=("thực địa",))]
    )
    assert spoken_line("nghỉ tại KS Sơn Tây", lexicon).spoken == "nghỉ tại khách sạn Sơn Tây"
    assert spoken_line("đoàn KS thực địa", lexicon).spoken == "đoàn khảo sát thực địa"
    assert spoken_line("KS Nguyễn Văn An", lexicon).spoken == "kỹ sư Nguyễn Văn An"


def test_an_entry_bound_to_a_unit_counts_only_for_that_unit() -> None:
    lexicon = Lexicon.shipped().with_entries([Entry("ĐX", "Đồi Xanh", unit="phuong-xuan-khanh")])
    assert spoken_line("khu ĐX", lexicon, unit="phuong-xuan-khanh").spoken == "khu Đồi Xanh"
    assert spoken_line("khu ĐX", lexicon, unit="phuong-le-loi").unknown == ("ĐX",)
    assert spoken_line("khu ĐX", lexicon).unknown == ("ĐX",)
    assert lexicon.for_unit("phuong-xuan-khanh") == lexicon.for_unit("phuong-xuan-khanh")


def test_a_units_entry_beats_the_towns() -> None:
    lexicon = Lexicon.from_tsv("NV\tnhà vườn\nNV\tngoại vụ\t\t\t\tphong-noi-vu\n")
    assert spoken_line("NV", lexicon, unit="phong-noi-vu").spoken == "ngoại vụ"
    assert spoken_line("NV", lexicon, unit="another").spoken == "nhà vườn"


def test_foreign_words_are_known_in_any_case_and_abbreviations_only_as_written() -> None:
    assert spoken_line("Online, ONLINE, online").spoken == "on lai, on lai, on lai"
    assert spoken_line("ai cũng biết AI").spoken == "ai cũng biết ây ai"


def test_the_digest_follows_the_readings_not_the_notes() -> None:
    lexicon = Lexicon([Entry("A1B", "một")])
    assert lexicon.digest == Lexicon([Entry("A1B", "một", note="khác")]).digest
    assert lexicon.digest != Lexicon([Entry("A1B", "hai")]).digest
    assert hash(lexicon) == hash(Lexicon([Entry("A1B", "một")]))
    assert lexicon.digest != lexicon.with_entries([Entry("A2B", "hai")]).digest


def test_a_new_entry_changes_only_the_sentences_that_use_it() -> None:
    text = "Xã có năm thôn. Tổ XQZ đi từng nhà. Ai cũng vui."
    before = read_aloud(text)
    after = read_aloud(text, Lexicon.shipped().with_entries([Entry("XQZ", "xung kích")]))
    changed = [old.raw for old, new in zip(before.sentences, after.sentences, strict=True) if old.spoken != new.spoken]
    assert changed == ["Tổ XQZ đi từng nhà."]
    assert before.digest != after.digest
