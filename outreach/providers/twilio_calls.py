"""Calls over Twilio: the clip is played to whoever answers."""

from __future__ import annotations

from datetime import timedelta

from twilio.rest import Client
from twilio.rest.api.v2010.account.call import CallInstance
from twilio.twiml.voice_response import VoiceResponse

from campaigns.delivery.provider import NotAccepted, Outgoing, Submission
from campaigns.vocabulary import MessageState, Reason
from outreach.providers.twilio_callbacks import KEY
from outreach.providers.twilio_codes import called

_RING_SECONDS = 40
_LONGEST_SECONDS = 300
_LOOK_BACK, _LOOK_AHEAD = timedelta(minutes=2), timedelta(minutes=30)
_PAGE = 100
_LATER = 60.0


class Calls:
    """One account's calls from one number."""

    def __init__(self, client: Client, sender: str) -> None:
        self._calls = client.calls
        self._sender = sender

    async def place(self, outgoing: Outgoing, callback: str) -> CallInstance:
        """Place a call that plays the clip twice. Raises NotAccepted, the SDK's own.

        A messaging service has no voice, and before the clip is recorded there is
        nothing to play. Whether a person or a machine answered is found out while it
        plays: otherwise the person would hear silence first, and hang up.
        """
        if self._sender.startswith("MG"):
            raise NotAccepted("a service cannot call", code="sender", broken=True)
        if not outgoing.sound:
            raise NotAccepted("no clip yet", code="sound", retry_after=_LATER)
        return await self._calls.create_async(
            to=outgoing.phone,
            from_=self._sender,
            twiml=played(outgoing.sound, callback + KEY),
            status_callback=callback,
            machine_detection="Enable",
            async_amd="true",
            async_amd_status_callback=callback,
            timeout=_RING_SECONDS,
            time_limit=_LONGEST_SECONDS,
        )

    async def search(self, outgoing: Outgoing) -> CallInstance | None:
        """A call to the number at that time, to the end of the list.

        The list shows neither our address nor what was played: another campaign's
        call in the same half hour passes for this one, which hides an absence and
        never makes a second call.
        """
        since = outgoing.submitted_at - _LOOK_BACK
        until = outgoing.submitted_at + _LOOK_AHEAD
        found: CallInstance | None = None
        async for row in await self._calls.stream_async(
            to=outgoing.phone, page_size=_PAGE
        ):
            if since <= (row.date_created or outgoing.submitted_at) <= until:
                found = row
        return found


def played(sound: str, pressed: str) -> str:
    """What a call does, in Twilio's words; a key that somebody presses is posted."""
    response = VoiceResponse()
    response.gather(num_digits=1, timeout=5, action=pressed).play(sound, loop=2)
    return str(response)


def submission(answer: CallInstance) -> Submission | None:
    """How far a call is; None where the answer does not name it."""
    if not answer.sid:
        return None
    state, reason = called(str(answer.status), answer.answered_by or "")
    if answer.status == "completed" and state is MessageState.SENT:
        # Nothing more will come: nobody knows who answered.
        state, reason = MessageState.UNDELIVERED, Reason.UNKNOWN
    state = state or MessageState.ACCEPTED
    return Submission(reference=answer.sid, state=state, reason=reason)
