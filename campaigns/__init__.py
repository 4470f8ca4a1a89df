"""Who hears what, by which way, and what came of it: the domain, free of any framework.

Place       county ⊃ township ⊃ village
Member      a person on the register
Guardian    who receives for, or beside, a member
Segment     a named, saved rule over members
Audience    the people a rule selects, frozen at launch
Bulletin    what is said, in written, spoken and easy-read words
Campaign    one decision to tell one audience one bulletin
Message     one bulletin to one phone over one channel
Channel     sms, voice, loudspeaker; ``alert`` tells a village's duty people
Provider    who carries messages
Submission  the provider's immediate answer
Receipt     what the provider reported later
Announcement  a bulletin on one village's loudspeaker
Tally       counts kept in the transaction that moves the messages
Reached     confirmed by a person, or delivered where that suits the person

The folders stand in the order of the work: register, audience, bulletins,
planning, delivery, fieldwork, reporting. Each may use those before it only.
"""
