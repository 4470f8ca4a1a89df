"""What each carrier answers on the wire, for the contract that all providers keep."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from carriers import ACCOUNT, SECRET
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

Answer = tuple[int, str]
SID = "SM" + "a" * 32


@dataclass
class Wire:
    """One carrier's interface: its answers, and what it was asked.

    ``refuses``, ``throttles`` and ``breaks`` are answers to a submission; where a
    carrier has no such answer, it is None. ``asked`` holds (phone, mark of ours).
    """

    name: str
    takes: Answer
    refuses: Answer
    throttles: Answer | None
    breaks: Answer
    read: Callable[[Request], tuple[str, str]]
    knows: Callable[[str | None], Answer] | None = None
    says: Answer = (200, "")
    asked: list[tuple[str, str]] = field(default_factory=list)
    ledger: Answer | None = None

    def listen(self, server: HTTPServer) -> str:
        self.says = self.takes
        server.expect_request("").respond_with_handler(self._answer)
        for path in _PATHS[self.name]:
            server.expect_request(path).respond_with_handler(self._answer)
        return server.url_for("").rstrip("/")

    def _answer(self, request: Request) -> Response:
        if self.ledger and _asks(request):
            status, body = self.ledger
        else:
            self.asked.append(self.read(request))
            status, body = self.says
        return Response(body, status, content_type="application/json")


_TWILIO = f"/2010-04-01/Accounts/{ACCOUNT}"
_PATHS = {
    "simulator": [f"{_TWILIO}/Messages.json", f"{_TWILIO}/Calls.json"],
    "twilio": [f"{_TWILIO}/Messages.json", f"{_TWILIO}/Calls.json"],
    "aliyun": ["/"],
    "mas": ["/sms/norsubmit"],
    "yixintong": ["/sms/Api/Send.do"],
}


def _asks(request: Request) -> bool:
    return request.method == "GET" or "QuerySendDetails" in str(request.headers)


def _twilio(request: Request) -> tuple[str, str]:
    form = request.form
    return form["To"], form["StatusCallback"].rpartition("/")[2]


def _aliyun(request: Request) -> tuple[str, str]:
    given = request.args
    assert request.headers["Authorization"].startswith("ACS3-HMAC-SHA256 Credential=")
    assert json.loads(given["TemplateParam"]) == {"township": "福宝镇"}
    assert (given["SignName"], given["TemplateCode"]) == ("合江县残联", "SMS_1")
    return "+86" + given["PhoneNumbers"], given["OutId"]


def _mas(request: Request) -> tuple[str, str]:
    told = json.loads(base64.b64decode(request.get_data()))
    names = ("ecName", "apId", "secretKey", "mobiles", "content", "sign", "addSerial")
    whole = "".join(told[name] for name in names)
    assert told["mac"] == hashlib.md5(whole.encode()).hexdigest()
    assert told["secretKey"] == SECRET
    return "+86" + told["mobiles"], ""


def _yixintong(request: Request) -> tuple[str, str]:
    raw = request.get_data().decode("ascii")
    told = parse_qs(raw, encoding="gbk", strict_parsing=False)
    assert told["MessageContent"] == ["【合江县残联】高温，请多喝水 + 按时服药 100%"]
    assert told["f"] == ["1"]
    return "+86" + told["UserNumber"][0], told["SerialNumber"][0]


def _json(**facts: Any) -> str:
    return json.dumps(facts)


def _twilio_error(code: int, status: int) -> Answer:
    return status, _json(code=code, message="no", status=status)


def _twilio_message(token: str | None) -> Answer:
    listed = [] if token is None else [json.loads(_MESSAGE)]
    return 200, _json(messages=listed, end=0, start=0, page=0, page_size=100)


_MESSAGE = _json(sid=SID, status="queued", num_segments="1", error_code=None)


def _details(token: str | None) -> Answer:
    row = {"OutId": token, "SendStatus": 3, "PhoneNum": "19000000001"}
    rows = [{"OutId": "another", "SendStatus": 2}] + ([row] if token else [])
    listed = {"SmsSendDetailDTO": rows}
    return 200, _json(Code="OK", SmsSendDetailDTOs=listed, TotalCount=len(rows))


def wire(name: str) -> Wire:
    """The carrier ``name``."""
    if name in {"simulator", "twilio"}:
        return Wire(
            name,
            takes=(201, _MESSAGE),
            refuses=_twilio_error(21211, 400),
            throttles=_twilio_error(20429, 429),
            breaks=_twilio_error(20003, 401),
            read=_twilio,
        )
    if name == "aliyun":
        return Wire(
            name,
            takes=(200, _json(Code="OK", BizId="9006^0", RequestId="r")),
            refuses=(200, _json(Code="isv.MOBILE_NUMBER_ILLEGAL", Message="no")),
            throttles=(400, _json(Code="Throttling.User", Message="slow")),
            breaks=(200, _json(Code="isv.AMOUNT_NOT_ENOUGH", Message="no money")),
            read=_aliyun,
            knows=_details,
        )
    if name == "mas":
        return Wire(
            name,
            takes=(200, _json(success=True, rspcod="success", msgGroup="G1")),
            refuses=(200, _json(success=False, rspcod="InvalidMessage", msgGroup="")),
            throttles=None,
            breaks=(200, _json(success=False, rspcod="IllegalMac", msgGroup="")),
            read=_mas,
        )
    return Wire(
        name,
        takes=(200, "result=0&description=ok&faillist="),
        refuses=(200, "result=10&description=black&faillist="),
        throttles=(200, "result=11&description=fast&faillist="),
        breaks=(200, "result=17&description=money&faillist="),
        read=_yixintong,
    )
