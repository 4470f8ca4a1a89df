"""Five times a day, to one's own phone, and the next step says how it ended."""

from __future__ import annotations

import factories
import pytest

from outreach.web import trying


@pytest.fixture
def page(writing, app, monkeypatch):
    """A text that can be tried; no broker is asked."""
    settings = app.extensions["outreach"].settings
    assert settings.provider == "simulator"
    monkeypatch.setattr(trying, "nudge", lambda *_: True)
    with writing() as session:
        return f"/bulletins/{factories.version(session).bulletin_id}/trial"


def test_the_sixth_of_a_day_waits_for_tomorrow(visit, page):
    writer = visit("xian")
    assert "【合江县残联】【测试】高温提醒" in writer.read(page)
    for left in range(5, 0, -1):
        assert f"今天还剩 {left} 次" in writer.read(page)
        assert writer.send(page, phone="13900000001").location == page
    answer = writer.send(page, phone="13900000001")
    assert answer.status_code == 422
    assert "今天已经试发了 5 次" in answer.get_data(as_text=True)
    assert 'value="13900000001"' in writer.read(page)
    assert "今天还剩 5 次" in visit("shenpi").read(page)


def test_the_guide_tells_that_it_may_wait_and_leads_there(visit, page):
    guide = visit("xian").read("/start")
    assert "可以以后做" in guide
    assert f'href="{page}"' in guide


@pytest.mark.parametrize("name", ["fubao", "cun", "shenji", "guanli"])
def test_others_do_not_try_texts(visit, page, name):
    assert visit(name).open(page).status_code == 403
