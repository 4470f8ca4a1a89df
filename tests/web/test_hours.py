"""An administrator asks for a wider window; a coordinator agrees, or leaves it."""

from __future__ import annotations

import pytest

from campaigns.register import hours
from campaigns.register.hours import Hours
from campaigns.register.unit import save_unit

PAGE = "/settings"


@pytest.fixture
def held(writing):
    with writing() as session:
        save_unit(session, window_from=480, window_to=1200, hold_seconds=60)

    def read() -> Hours:
        with writing() as session:
            return hours.standing(save_unit(session))

    return read


def test_one_asks_for_wider_hours_and_another_agrees(held, visit):
    admin, county = visit("guanli"), visit("xian")
    short = admin.send(PAGE, begin="480", end="1200", hold="5")
    assert short.status_code == 422
    assert '<a href="#hold">' in short.get_data(as_text=True)
    admin.send(PAGE, begin="450", end="1200", hold="60")
    assert "放宽了" in admin.read(PAGE)
    assert admin.send(PAGE, f"{PAGE}/agree").status_code == 403
    assert held() == Hours(480, 1200, 60)
    assert "1 处发送时段的修改等您同意" in county.read("/")
    assert "07:30–20:00" in county.read(PAGE)
    county.send(PAGE, f"{PAGE}/agree")
    assert held() == Hours(450, 1200, 60)
    assert "等您同意" not in county.read("/")


def test_one_s_own_wish_is_another_s_to_agree_and_stricter_hours_hold_at_once(
    held, visit
):
    county = visit("xian")
    county.send(PAGE, begin="480", end="1260", hold="60")
    assert "同意放宽" not in county.read(PAGE)
    county.send(PAGE, f"{PAGE}/agree")
    assert "要请另一位同事同意" in county.read(PAGE)
    visit("shenpi").send(PAGE, f"{PAGE}/drop")
    county.send(PAGE, begin="540", end="1200", hold="120")
    assert held() == Hours(540, 1200, 120)
    assert visit("fubao").open(PAGE).status_code == 403
