"""Who signs in, stays signed in and is signed out; an account that is guessed at waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from broadcaster.access import Act, may
from broadcaster.accounts import (
    FREE_FAILURES,
    IDLE_DAYS,
    SignInRefused,
    accept_invitation,
    disable,
    invite,
    sign_in,
    sign_in_of,
)
from broadcaster.errors import NotAllowed, NotFound
from broadcaster.models import Role, SignIn, User
from broadcaster.passwords import WeakPassword, check_new, fits, hashed

PASSWORD = "bon mua xuan ha thu dong"


def signed(town: Any, name: str = "bien-tap", password: str = PASSWORD, **later: float) -> str | None:
    with town.database.writing() as session:
        return sign_in(session, name, password, address="::1", browser="b", now=town.now + timedelta(**later))


def is_open(town: Any, token: str, **later: float) -> bool:
    with town.database.reading() as session:
        return sign_in_of(session, token, now=town.now + timedelta(**later)) is not None


def test_a_browser_stays_signed_in_for_as_long_as_it_is_used(staffed_town: Any) -> None:
    token = signed(staffed_town)
    assert token
    assert is_open(staffed_town, token, days=IDLE_DAYS - 0.01)
    assert not is_open(staffed_town, token, days=IDLE_DAYS)
    assert not is_open(staffed_town, token + "x")


def test_a_wrong_password_and_a_wrong_name_are_answered_alike(staffed_town: Any) -> None:
    assert signed(staffed_town, password="sai") is None
    assert signed(staffed_town, name="khong-co") is None


def test_an_account_that_is_guessed_at_waits_and_then_lets_its_owner_in(staffed_town: Any) -> None:
    for _attempt in range(FREE_FAILURES):
        assert signed(staffed_town, password="sai") is None
    with pytest.raises(SignInRefused):
        signed(staffed_town, seconds=59)
    assert signed(staffed_town, minutes=1)
    assert signed(staffed_town, password="sai") is None, "one wrong password after a right one costs nothing"
    assert signed(staffed_town)


def test_a_closed_account_is_out_at_once_and_cannot_come_back(staffed_town: Any) -> None:
    token = signed(staffed_town)
    with staffed_town.database.writing() as session:
        disable(session, "bien-tap", by="quan-tri", now=staffed_town.now)
    assert token
    assert not is_open(staffed_town, token)
    assert signed(staffed_town) is None


def test_the_last_administrator_and_oneself_cannot_be_closed(staffed_town: Any) -> None:
    with staffed_town.database.writing() as session, pytest.raises(NotAllowed, match="tự khóa"):
        disable(session, "quan-tri", by="quan-tri", now=staffed_town.now)
    with staffed_town.database.writing() as session, pytest.raises(NotAllowed, match="cuối cùng"):
        disable(session, "quan-tri", by="bien-tap", now=staffed_town.now)


@pytest.mark.parametrize("days", [7, 8])
def test_an_invitation_runs_out(staffed_town: Any, days: int) -> None:
    with staffed_town.database.writing() as session:
        token = invite(session, "truc-loa", by="quan-tri", now=staffed_town.now)
    with staffed_town.database.writing() as session, pytest.raises(NotFound):
        accept_invitation(session, token, "mot cau du dai", now=staffed_town.now + timedelta(days=days))


def test_an_invitation_is_used_once_makes_older_ones_void_and_signs_out_everywhere(staffed_town: Any) -> None:
    before = signed(staffed_town, name="truc-loa")
    with staffed_town.database.writing() as session:
        older = invite(session, "truc-loa", by="quan-tri", now=staffed_town.now)
        token = invite(session, "truc-loa", by="quan-tri", now=staffed_town.now)
    for letter, works in ((older, False), (token, True), (token, False)):
        with staffed_town.database.writing() as session:
            if works:
                accept_invitation(session, letter, "mot cau du dai", now=staffed_town.now)
            else:
                with pytest.raises(NotFound):
                    accept_invitation(session, letter, "mot cau du dai", now=staffed_town.now)
    assert before
    assert not is_open(staffed_town, before)
    assert signed(staffed_town, name="truc-loa", password="mot cau du dai")


@pytest.mark.parametrize(
    ("password", "is_good"),
    [
        ("123456789", False),
        ("1234567890", True),
        ("aaaaaaaaaaaa", False),
        ("x" * 201, False),
        ("toi la Lan-01!", False),
    ],
)
def test_passwords_that_would_be_guessed_are_refused(password: str, is_good: bool) -> None:
    if is_good:
        check_new(password, name="lan-01")
    else:
        with pytest.raises(WeakPassword):
            check_new(password, name="lan-01")


def test_a_password_fits_its_own_hash_and_no_other() -> None:
    kept = hashed("một câu dài có dấu")
    assert fits("một câu dài có dấu", kept)
    assert not fits("mot cau dai co dau", kept)
    assert not fits("một câu dài có dấu", None)
    assert not fits("một câu dài có dấu", "not a hash")


def test_what_the_database_keeps_opens_nothing(staffed_town: Any) -> None:
    token = signed(staffed_town)
    with staffed_town.database.reading() as session:
        row = session.query(SignIn).one()
        assert token
        assert token not in (row.token_hash, row.browser)
        assert not any("xuan" in (user.password_hash or "") for user in session.query(User))
    assert not is_open(staffed_town, row.token_hash)


def test_each_role_may_do_something_and_only_administrators_everything() -> None:
    for role in Role:
        user = User(name="a", role=role, full_name="A", failures=0)
        assert any(may(user, act) for act in Act)
        assert all(may(user, act) for act in Act) == (role is Role.ADMIN)


def test_signing_in_leads_to_where_one_wanted_to_go_and_out_again(desk: Callable[..., Any]) -> None:
    stranger = desk(None)
    asked = stranger.get("/desk/account?a=1")
    assert asked.status_code == 302
    assert asked.location == "/sign-in?next=/desk/account?a%3D1"
    answer = stranger.send(asked.location, name="bien-tap", password=PASSWORD)
    assert answer.status_code == 302
    assert answer.location == "/desk/account?a=1"
    assert "Biên tập Thử" in stranger.get("/desk/account").text
    assert stranger.send("/desk/account", "/sign-out").location == "/sign-in"
    assert stranger.get("/desk/account").status_code == 302


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/desk", "//evil.example/desk", "/desk\\..\\", "/deskx", "javascript:1"]
)
def test_signing_in_never_leads_out_of_the_house(desk: Callable[..., Any], wanted: str) -> None:
    answer = desk(None).send(f"/sign-in?next={wanted}", name="bien-tap", password=PASSWORD)
    assert (answer.status_code, answer.location) == (302, "/desk")


def test_a_wrong_password_says_so_without_saying_whose(desk: Callable[..., Any]) -> None:
    answer = desk(None).send("/sign-in", name="bien-tap", password="sai")
    assert answer.status_code == 422
    assert "Tên tài khoản hoặc mật khẩu không đúng." in answer.text
    assert "sai" not in answer.text.split("<main")[1].split("Tên tài khoản hoặc")[0]


def test_a_changed_password_keeps_this_browser_and_signs_out_the_others(desk: Callable[..., Any]) -> None:
    here, elsewhere = desk(Role.EDITOR), desk(Role.EDITOR)
    fields = {"old": PASSWORD, "new": "cau moi dai hon", "again": "cau moi dai hon"}
    assert here.send("/desk/account", "/desk/account/password", **{**fields, "again": "khac"}).status_code == 422
    assert here.send("/desk/account", "/desk/account/password", **{**fields, "old": "sai"}).status_code == 422
    assert here.send("/desk/account", "/desk/account/password", **fields).status_code == 302
    assert here.get("/desk/account").status_code == 200
    assert elsewhere.get("/desk/account").status_code == 302


def test_somebody_elses_sign_in_is_not_there(desk: Callable[..., Any], staffed_town: Any) -> None:
    desk(Role.ADMIN)
    with staffed_town.database.reading() as session:
        foreign = session.query(SignIn).one().id
    assert desk(Role.EDITOR).send("/desk/account", f"/desk/account/sign-ins/{foreign}/end").status_code == 404


def test_an_administrator_invites_and_the_invited_chooses_a_password(desk: Callable[..., Any]) -> None:
    admin = desk(Role.ADMIN)
    account = {"name": "moi-vao", "full_name": "Người Mới", "role": "contributor", "unit": ""}
    refused = admin.send("/desk/people/new", **account)
    assert refused.status_code == 422
    assert "thuộc về một đơn vị" in refused.text
    shown = admin.send("/desk/people/new", **{**account, "unit": "phuong-mot"})
    token = shown.text.split("/invitation/")[1].split("<")[0]
    again = admin.send("/desk/people/new", **{**account, "unit": "phuong-mot"})
    assert again.status_code == 422
    assert "Đã có tài khoản" in again.text
    newcomer = desk(None)
    address = f"/invitation/{token}"
    assert newcomer.send(address, new="ngan", again="ngan").status_code == 422
    assert newcomer.send(address, new="cau moi dai hon", again="cau moi dai hon").location == "/sign-in"
    assert newcomer.get(address).status_code == 404
    assert newcomer.send("/sign-in", name="moi-vao", password="cau moi dai hon").location == "/desk"
    listed = admin.get("/desk/people").text
    assert "Người Mới" in listed
    assert "Phường Một" in listed


def test_guesses_from_one_address_are_slowed_down(town_app: Flask, desk: Callable[..., Any]) -> None:
    stranger = desk(None)
    statuses = [stranger.send("/sign-in", name=f"ten-{count}", password="x").status_code for count in range(21)]
    assert statuses == [422] * 20 + [429]


def test_behind_a_proxy_one_guesser_does_not_slow_down_the_others(town_app: Flask) -> None:
    town_app.config["WTF_CSRF_ENABLED"] = False
    client = town_app.test_client()

    def guess(address: str) -> int:
        headers = {"X-Forwarded-For": address}
        return client.post("/sign-in", data={"name": "ai-do", "password": "x"}, headers=headers).status_code

    assert [guess("203.0.113.7") for _ in range(21)][-1] == 429
    assert guess("203.0.113.8") == 422
