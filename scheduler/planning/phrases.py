"""The sentences of explanations, by language: every one is filled from the model's values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Language = Literal["vi", "en"]

VIETNAMESE: Mapping[str, str] = {
    "unknown_article": "Bài {article} không có trong bài toán.",
    "unknown_session": "Buổi {session} không có trong bài toán.",
    "unknown_unit": "Đơn vị {unit} không có trong bài toán.",
    "not_here": "Bài {article} không phát trong buổi {session}.",
    "airs": "Bài {article} (đơn vị {unit}, {length}) phát {count} lượt: {sessions}.",
    "airs_nowhere": "Bài {article} (đơn vị {unit}, {length}) không phát ở địa bàn nào.",
    "airing": "Bài {article} của đơn vị {unit} phát lúc {time} ở địa bàn {zone}, thứ tự {position}, {run}.",
    "first_run": "phát mới",
    "repeat": "phát lại",
    "because_locked": "Lượt này đã được khóa.",
    "because_in_time": "Phải phát trước {air_by}: đây là lượt phát kịp hạn ở địa bàn này.",
    "because_only": "Đây là lượt phát duy nhất của bài trong kế hoạch.",
    "because_minimum": "Không có lượt này, đơn vị {unit} chỉ được {without} trên chỉ tiêu {target}.",
    "because_gain": "Lượt này đem lại {gain} điểm: {airtime} điểm thời lượng của đơn vị, {fresh} điểm tin mới.",
    "because_previous": "Lượt này đã công bố từ trước nên được giữ.",
    "in_zone": "Địa bàn {zone}: {why}",
    "expired": "hết hạn {expires_at} trước buổi phát kế tiếp.",
    "not_yet": "chưa được phát trước {not_before}; buổi cuối của kỳ là {last_session}.",
    "wrong_zone": "địa bàn không có buổi phát nào trong kỳ.",
    "airings_used": "đã dùng hết {max_airings} lượt phát cho phép.",
    "too_soon": "quá gần lượt phát trước ({last_aired}); sớm nhất là {earliest}.",
    "no_room_capacity": "bài dài {needs} (cả khoảng nghỉ), buổi rộng nhất chỉ có {largest}.",
    "no_room_locked": "buổi {session} đã kín vì các bài khóa: {locked}.",
    "unit_already_in": "đơn vị đã có bài trong buổi {session} ({articles}); bài đó phải nhường chỗ.",
    "outranked": "buổi sớm nhất có thể là {session}; {articles} phải nhường chỗ, mà chỉ được thêm {gain} điểm.",
    "outranked_field": "buổi sớm nhất có thể là {session}, nhưng hai bài cùng lĩnh vực {field} sẽ đứng cạnh nhau.",
    "unit": "Đơn vị {unit}: kế hoạch {planned}, {articles} bài.",
    "unit_target": "Chỉ tiêu tối thiểu {target}.",
    "unit_reached": "Đạt chỉ tiêu.",
    "unit_short": "Còn thiếu {short}.",
    "unit_unreachable": "Không kế hoạch nào đạt được: dùng mọi buổi cũng chỉ được {reachable}. Cần thêm bài, thêm lượt "
    "phát hoặc nới thời hạn.",
    "unit_outranked": "Có thể đạt được nếu riêng lẻ, nhưng các buổi còn lại đã dành cho đơn vị thiếu nhiều hơn.",
    "unit_articles_short": "Mới có {articles} trên {min_articles} bài khác nhau được phát.",
    "none": "không có",
}

ENGLISH: Mapping[str, str] = {
    "unknown_article": "There is no article {article} in this problem.",
    "unknown_session": "There is no session {session} in this problem.",
    "unknown_unit": "There is no unit {unit} in this problem.",
    "not_here": "Article {article} does not air in session {session}.",
    "airs": "Article {article} (unit {unit}, {length}) airs {count} times: {sessions}.",
    "airs_nowhere": "Article {article} (unit {unit}, {length}) airs in no zone.",
    "airing": "Article {article} of unit {unit} airs at {time} in zone {zone}, number {position}, {run}.",
    "first_run": "a first run",
    "repeat": "a repeat",
    "because_locked": "This airing is locked.",
    "because_in_time": "It is due by {air_by}: this is the airing in time for this zone.",
    "because_only": "It is the article's only airing in the plan.",
    "because_minimum": "Without it, unit {unit} would get only {without} of its minimum of {target}.",
    "because_gain": "It is worth {gain} points: {airtime} for the unit's airtime, {fresh} for freshness.",
    "because_previous": "It was published before and is therefore kept.",
    "in_zone": "Zone {zone}: {why}",
    "expired": "it expires at {expires_at}, before the next session.",
    "not_yet": "it may not air before {not_before}; the last session of the period is {last_session}.",
    "wrong_zone": "the zone has no session in the period.",
    "airings_used": "all {max_airings} airings allowed have been used.",
    "too_soon": "too soon after its last airing ({last_aired}); {earliest} at the earliest.",
    "no_room_capacity": "it takes {needs} with its pause, and the widest session holds {largest}.",
    "no_room_locked": "session {session} is full of locked items: {locked}.",
    "unit_already_in": "the unit is already in session {session} ({articles}), which would have to give way.",
    "outranked": "session {session} would be the earliest; {articles} would have to give way for {gain} points only.",
    "outranked_field": "session {session} would be the earliest, but two items of field {field} would be neighbours.",
    "unit": "Unit {unit}: {planned} planned, {articles} articles.",
    "unit_target": "Its minimum is {target}.",
    "unit_reached": "The minimum is reached.",
    "unit_short": "It lacks {short}.",
    "unit_unreachable": "No plan can reach it: with every session to itself it would get {reachable}. It takes more "
    "articles, more airings or longer windows.",
    "unit_outranked": "It could be reached alone, but the sessions left went to units that lack more.",
    "unit_articles_short": "{articles} of {min_articles} distinct articles are heard.",
    "none": "none",
}

PHRASES: Mapping[str, Mapping[str, str]] = {"vi": VIETNAMESE, "en": ENGLISH}
