"""What stands after a fraction and says what it is a fraction of."""

from __future__ import annotations

import re

# Things one counts: "12/15 hộ" is twelve of fifteen, however small the figures.
COUNTED = re.compile(
    r"\s+(?:xã|phường|thôn|xóm|hộ|người|đồng chí|đ/c|đại biểu|học sinh|em|cháu|chỉ tiêu|tiêu chí|phiếu|chi bộ|chi hội|"
    r"chi đoàn|tổ|TDP|trường|lớp|cơ quan|đơn vị|doanh nghiệp|hội viên|đảng viên|đoàn viên|thành viên|ủy viên|uỷ viên|"
    r"khu|cụm|bài|điểm|câu|nội dung|nhiệm vụ|cán bộ|công trình|dự án|hồ sơ|vụ|ca|trạm|cơ sở|gia đình|mô hình|"
    r"nam|nữ|bạn|vị|cụ|ông|bà|thí sinh|giáo viên|phòng|ban|ngành|kiến nghị|ý kiến|quận|huyện)"
    r"\b"
)

# Masses one takes a part of, and never hold a day of: "3/4 diện tích" is three quarters.
MASS = re.compile(
    r"\s+(?:số|diện tích|dân số|tổng|quãng|khối|sản lượng|thu nhập|kinh phí|quỹ|vốn|trọng|dung|sào|ha\b|kg)"
)
# More that makes a proper fraction a fraction: "2/3 là nữ", "1/2 đường".
PART = re.compile(
    MASS.pattern
    + r"|\s+(?:thời|sản|giá|chặng|lượng|ngân|chiều|nước|đất|công việc|mức|trong|là|tuyến|đoạn|đường|cuộc|đời"
    r"|năm|thế kỷ|km|m2|lít|cốc|thìa|quả|nhu)"
)

# "1/2 ngày" is a half of one, "5/7 ngày" five of seven.
SPELL_OF_TIME = re.compile(r"\s+(?:ngày|tháng|tuần|buổi|giờ|h)\b")
