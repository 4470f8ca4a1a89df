"""The page of places: a missing village is added, another name is given."""

from __future__ import annotations

from campaigns.register.models import Place

TOWN, VILLAGE = "510522112", "510522112201"


def test_a_village_is_added_and_shown_under_its_township(visit, writing):
    clerk = visit("xian")
    answer = clerk.send("/register/places", township=TOWN, name="新月村")
    assert "新月村" in clerk.read(answer.location)
    with writing() as session:
        assert session.get_one(Place, f"{TOWN}901").source


def test_a_name_that_is_taken_is_said_beside_the_field(visit):
    answer = visit("xian").send("/register/places", township=TOWN, name="大坪村")
    assert answer.status_code == 422
    assert "已经是" in answer.get_data(as_text=True)
    wrong = visit("xian").send(f"/register/places/{VILLAGE}", name="", aliases="")
    assert wrong.status_code == 422


def test_other_names_are_kept_one_a_line(visit, writing):
    page = f"/register/places/{VILLAGE}"
    clerk = visit("xian")
    clerk.send(page, name="大坪村", aliases="老坪\n\n旧坪\n")
    with writing() as session:
        assert {"老坪", "旧坪"} <= set(session.get_one(Place, VILLAGE).aliases)
    assert "旧坪" in clerk.read(page)
