from __future__ import annotations

import csv
import io

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.register.importing import comparing
from campaigns.register.sheets.texts import open_text

HAN = st.text(
    st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=6
)
CELLS = st.text(
    st.sampled_from(['"', ",", "\n", "；", "、", " ", "0", "9", "村", "𠮷"]), max_size=8
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(HAN, CELLS, CELLS), min_size=1, max_size=20),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
)
def test_whatever_is_written_as_csv_is_read_back(tmp_path, rows, encoding):
    text = io.StringIO()
    csv.writer(text).writerows([("姓名", "甲", "乙"), *rows])
    path = tmp_path / "list.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    _, read = open_text(str(path))
    assert [tuple(row) for row in read][1:] == rows


@given(
    st.dictionaries(
        st.sampled_from(["name", "phone", "notes"]), HAN | CELLS.filter(bool)
    ),
    st.none() | st.dates(),
)
def test_a_rows_values_survive_being_packed(values, born):
    given_values = {**values, "birth_date": born}
    kept = {name: value for name, value in given_values.items() if value is not None}
    assert comparing.unpack(comparing.pack(given_values)) == kept
