"""What Alibaba Cloud's answers to a submission mean for a message of ours.

Source: the error list of the short message service, version 2017-05-25. Codes of
receipts, and the submission codes that concern one number, are in the shared list.
"""

from __future__ import annotations

from campaigns.delivery.codes import meaning
from campaigns.delivery.provider import NotAccepted
from campaigns.vocabulary import Reason

PROFILE = "aliyun"
OK = "OK"

# One number, for good: the reason comes from the shared list.
_ADDRESSEE = {
    "isv.MOBILE_NUMBER_ILLEGAL",
    "isv.MOBILE_COUNT_OVER_LIMIT",
    "isv.BLACK_KEY_CONTROL_LIMIT",
    "isv.CUSTOMER_REFUSED",
}
# This text, or its values: another text may pass.
_WORDING = {
    "isv.SMS_CONTENT_ILLEGAL",
    "isv.PARAM_LENGTH_LIMIT",
    "isv.PARAM_NOT_SUPPORT_URL",
    "isv.INVALID_JSON_PARAM",
    "isv.TEMPLATE_PARAMS_ILLEGAL",
    "isv.CONTENT_ERROR",
}
# The next message would meet the same wall: account, quota, signature, template.
_ACCOUNT = {
    "isv.AMOUNT_NOT_ENOUGH",
    "isv.OUT_OF_SERVICE",
    "isv.ACCOUNT_NOT_EXISTS",
    "isv.ACCOUNT_ABNORMAL",
    "isv.PRODUCT_UN_SUBSCRIPT",
    "isv.PRODUCT_UNSUBSCRIBE",
    "isv.DENY_IP_RANGE",
    "isv.BUSINESS_LIMIT_CONTROL",
    "isv.DAY_LIMIT_CONTROL",
    "isv.MONTH_LIMIT_CONTROL",
    "isv.SMS_SIGNATURE_ILLEGAL",
    "isv.SMS_SIGN_ILLEGAL",
    "isv.SIGN_STATE_ILLEGAL",
    "isv.SMS_TEMPLATE_ILLEGAL",
    "isv.SMS_SIGNATURE_SCENE_ILLEGAL",
    "isv.TEMPLATE_MISSING_PARAMETERS",
    "isv.INVALID_PARAMETERS",
    "isp.RAM_PERMISSION_DENY",
    "isv.NO_AVAILABLE_SHORT_URL",
    "SignatureDoesNotMatch",
    "SignatureNonceUsed",
    "InvalidTimeStamp.Expired",
}
_ACCOUNT_PREFIXES = ("InvalidAccessKeyId", "Forbidden", "NoPermission")
_THROTTLED = "Throttling"


def refusal(
    code: str, answer: str, retry_after: float | None = None
) -> NotAccepted | None:
    """What ``code`` proves about a submission; None where it proves nothing."""
    if code.startswith(_THROTTLED):
        return NotAccepted(answer, code=code, throttled=True, retry_after=retry_after)
    if code in _ACCOUNT or code.startswith(_ACCOUNT_PREFIXES):
        return NotAccepted(answer, code=code, broken=True)
    if code in _ADDRESSEE:
        known = meaning(PROFILE, code)
        reason = known.reason if known.state else Reason.PERMANENT
        return NotAccepted(answer, code=code, permanent=True, reason=reason)
    if code in _WORDING:
        return NotAccepted(answer, code=code, permanent=True)
    return None
