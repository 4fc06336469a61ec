"""Single lines, exactly as they are said: punctuation and case are part of what an engine gets."""

from __future__ import annotations

import unicodedata

import pytest

from audio.speech import ReadingOptions, spoken_line

CASES = [
    # Documents: the kind is not said twice, who issued it is.
    ("Kế hoạch số 06/KH-HĐTĐKT", "Kế hoạch số không sáu, Hội đồng Thi đua, Khen thưởng"),
    ("Chỉ thị số 05-CT/TW", "Chỉ thị số không năm, Trung ương"),
    ("Chỉ thị số 05 – CT/TW của Bộ Chính trị", "Chỉ thị số không năm, Trung ương, của Bộ Chính trị"),
    ("49/2024/NĐ-CP", "bốn mươi chín, năm hai nghìn không trăm hai mươi tư, nghị định Chính phủ"),
    (
        "Nghị định 49/2024/NĐ-CP của Chính phủ",
        "Nghị định bốn mươi chín, năm hai nghìn không trăm hai mươi tư, của Chính phủ",
    ),
    (
        "Luật số 134/2025/QH15",
        "Luật số một trăm ba mươi tư, năm hai nghìn không trăm hai mươi lăm, Quốc hội khóa mười lăm",
    ),
    (
        "Kế hoạch số 06/KH-HĐTĐKT ngày 7/3",
        "Kế hoạch số không sáu, Hội đồng Thi đua, Khen thưởng, ngày mùng bảy tháng ba",
    ),
    # Dates.
    ("trước ngày 28/4/2017.", "trước ngày hai mươi tám tháng tư năm hai nghìn không trăm mười bảy."),
    ("ngày 1/5", "ngày mùng một tháng năm"),
    ("dịp lễ 30/4 và 1/5", "dịp lễ ba mươi tháng tư và mùng một tháng năm"),
    ("từ 5/6 đến 15/6", "từ ngày mùng năm tháng sáu đến ngày mười lăm tháng sáu"),
    ("hai ngày sau, 9/9 thôn đã xong", "hai ngày sau, chín trên chín thôn đã xong"),
    ("Sáng 20/11 trường mở hội", "Sáng ngày hai mươi tháng mười một trường mở hội"),
    ("mỗi ngày 2-3 buổi", "mỗi ngày hai đến ba buổi"),
    # Times.
    ("từ 7h30-11h30", "từ bảy giờ ba mươi phút đến mười một giờ ba mươi phút"),
    ("17:00", "mười bảy giờ"),
    ("08 giờ 00 phút", "tám giờ"),
    # Numbers, money, measures.
    ("1.500.000đ", "một triệu năm trăm nghìn đồng"),
    ("giá 185.000đ/bình", "giá một trăm tám mươi lăm nghìn đồng một bình"),
    ("220.000đ/sào", "hai trăm hai mươi nghìn đồng một sào"),
    ("6,2 tấn/ha", "sáu phẩy hai tấn trên héc ta"),
    ("60 km/h", "sáu mươi ki lô mét trên giờ"),
    ("-2°C", "âm hai độ xê"),
    ("- 5 bài", "năm bài"),
    ("số 0417", "số không bốn một bảy"),
    ("2.5 tấn", "hai phẩy năm tấn"),
    ("mục 2.5", "mục hai chấm năm"),
    # Fractions and ratios.
    ("15/15 xã", "mười lăm trên mười lăm xã"),
    ("đạt 3/4 diện tích", "đạt ba phần tư diện tích"),
    ("5/7 ngày", "năm trên bảy ngày"),
    ("số nhà 12/5", "số nhà mười hai trên năm"),
    # Telephones: a breath between the blocks.
    ("024.3383.2345", "không hai bốn, ba ba tám ba, hai ba bốn năm"),
    ("gọi 113 hoặc 114", "gọi một một ba hoặc một một bốn"),
    ("có 114 hộ", "có một trăm mười bốn hộ"),
    # Codes.
    ("lớp 5A2", "lớp năm a hai"),
    ("29A-123.45", "hai chín a, một hai ba, bốn năm"),
    ("QL.32", "quốc lộ ba mươi hai"),
    ("thứ 2-4-6", "thứ hai, tư, sáu"),
    # Roman numerals only where a noun takes them.
    ("khóa XIII", "khóa mười ba"),
    ("lần thứ IV", "lần thứ tư"),
    ("VI PHẠM HÀNH CHÍNH", "vi phạm hành chính"),
    # Headings and lists.
    ("II. NỘI DUNG", "Phần hai. nội dung"),
    ("1.1. Đối tượng:", "một chấm một. Đối tượng"),
    ("- Mỗi xã 01 bài", "Mỗi xã một bài"),
    ("V/v tổng kết", "về việc tổng kết"),
    # Abbreviations by context.
    ("TT Thị ủy, HĐND", "Thường trực Thị ủy, Hội đồng nhân dân"),
    ("TT Y tế", "trung tâm Y tế"),
    ("CT UBND xã", "chủ tịch Ủy ban nhân dân xã"),
    ("Sở TT&TT", "Sở Thông tin và Truyền thông"),
    ("phòng TN-MT", "phòng Tài nguyên và Môi trường"),
    ("TƯ TƯỞNG HỒ CHÍ MINH", "tư tưởng hồ chí minh"),
    # Signs.
    ("điển hình tiên tiến (ĐHTT) của xã", "điển hình tiên tiến của xã"),
    ("hộ nghèo (15 hộ) được hỗ trợ", "hộ nghèo, mười lăm hộ, được hỗ trợ"),
    ("Thi đua - Khen thưởng", "Thi đua, Khen thưởng"),
    ("kinh doanh... gửi thị xã", "kinh doanh, gửi thị xã"),
    ("văn nghệ....) để biểu dương", "văn nghệ, để biểu dương"),
    ("bánh, kẹo, v.v.", "bánh, kẹo, vân vân"),
    ("cha/mẹ", "cha hoặc mẹ"),
    ("~ 20 hộ", "khoảng hai mươi hộ"),
    # Each of these was once said wrong.
    ("5,000 đồng", "năm nghìn đồng"),
    ("12.000đ/lượt", "mười hai nghìn đồng một lượt"),
    ("45 đ/v, 12/45 đ/c", "bốn mươi lăm đảng viên, mười hai trên bốn mươi lăm đồng chí"),
    ("Nghị định 123/2021", "Nghị định một trăm hai mươi ba, năm hai nghìn không trăm hai mươi mốt"),
    ("cao 1m72, nhảy 6m25", "cao một mét bảy mươi hai, nhảy sáu mét hai mươi lăm"),
    ("lương 8tr2", "lương tám triệu hai"),
    ("6T/2026", "sáu tháng năm hai nghìn không trăm hai mươi sáu"),
    ("T1-T6/2026", "tháng một đến tháng sáu năm hai nghìn không trăm hai mươi sáu"),
    ("phân 16-16-8", "phân mười sáu, mười sáu, tám"),
    ("61,9 triệu m3", "sáu mươi mốt phẩy chín triệu mét khối"),
    ("6.000.000đ - 8.000.000đ", "sáu triệu đồng đến tám triệu đồng"),
    ("ngách 45/12/3", "ngách bốn mươi lăm trên mười hai trên ba"),
    ("ATTP (15/4 - 15/5)", "an toàn thực phẩm, ngày mười lăm tháng tư đến ngày mười lăm tháng năm"),
    ("Chiến thắng Điện Biên Phủ 7/5", "Chiến thắng Điện Biên Phủ mùng bảy tháng năm"),
    ("huyết áp 12/8", "huyết áp mười hai trên tám"),
    ("II.", "Phần hai."),
    ("Km38+200", "ki lô mét ba mươi tám cộng hai trăm"),
    ("Ông Nguyễn Văn T. và bà Lê", "Ông Nguyễn Văn tê và bà Lê"),
    ("thương binh hạng 3/4", "thương binh hạng ba trên bốn"),
    ("cấp TP.", "cấp thành phố."),
    ("bí quyết “4Đ”, giá 500.000Đ", "bí quyết bốn đê, giá năm trăm nghìn đồng"),
    ("ngày 1.10, 15.10 và 30.10", "ngày mùng một tháng mười, mười lăm tháng mười và ba mươi tháng mười"),
    ("2.000 con/lứa, 4 xã/phường", "hai nghìn con một lứa, bốn xã hoặc phường"),
    ("Ðảng ủy, 5 ðồng", "Đảng ủy, năm đồng"),
    ("1/ Thu quỹ", "một. Thu quỹ"),
    ("Tổ hòa giải TDP 6: 15 năm", "Tổ hòa giải tổ dân phố sáu: mười lăm năm"),
    ("anh Khoa, 27t, và xe 5t", "anh Khoa, hai mươi bảy tuổi, và xe năm tấn"),
    ("bắt 5 đ.tượng", "bắt năm đối tượng"),
    ("định kỳ báo cáo. /lf", "định kỳ báo cáo."),
    ("báo cáo kết quả./.", "báo cáo kết quả"),
]


@pytest.mark.parametrize(("written", "said"), CASES)
def test_a_line_is_said_like_this(written: str, said: str) -> None:
    assert spoken_line(written).spoken == said


@pytest.mark.parametrize(("written", "said"), CASES)
def test_what_has_been_said_is_said_the_same_again(written: str, said: str) -> None:
    """The spoken form is plain Vietnamese: reading it changes nothing."""
    assert spoken_line(said).spoken == said


def test_regional_wording_reaches_every_rule() -> None:
    south = ReadingOptions(thousand="ngàn", zero_tens="lẻ", early_day="mồng")
    said = spoken_line("ngày 3/4/2005, 1.105 người", options=south).spoken
    assert said == "ngày mồng ba tháng tư năm hai ngàn không trăm lẻ năm, một ngàn một trăm lẻ năm người"


def test_decomposed_letters_are_read_like_composed_ones() -> None:
    written = "Ủy ban nhân dân xã, 5 hộ"
    assert spoken_line(unicodedata.normalize("NFD", written)).spoken == "Ủy ban nhân dân xã, năm hộ"
