"""Invented sentences for the free text of reports: harmless wording in English, Urdu, Roman Urdu, Sindhi and Pashto.

Each says only as much as an analyst needs to see what kind of report it is. Nothing in it describes anything.
"""

from __future__ import annotations

MEETING: tuple[str, ...] = (
    "Reported chat excerpt (invented): asks for a meeting after school and says to tell nobody.",
    "Reported chat excerpt (invented): offers a new phone for a meeting at the park on Friday.",
    "Reported chat excerpt (invented): kal school ke baad park mein milna, kisi ko mat batana. Ghar kahan hai tumhara?",
    "Reported chat excerpt (invented): tum kya kar rahe ho, akele ho? mein gari le kar aa raha hoon, jaldi aao.",
    "اطلاع شدہ گفتگو (فرضی): کل سکول کے بعد باغ میں ملو، کسی کو مت بتانا۔",
    "اطلاع شدہ گفتگو (فرضی): میں تمہیں نیا موبائل دوں گا، جمعے کو بازار آ جاؤ۔",
    "ٻڌايل ڳالهه ٻولهه (فرضي): سڀاڻي اسڪول کان پوءِ باغ ۾ ملنداسين، ڪنهن کي نه ٻڌائج.",
    "راپور شوې خبرې اترې (فرضي): سبا له ښوونځي وروسته په باغ کې ګورو، چا ته مه وايه، زه به ډېر ژر راشم.",
)
THREAT: tuple[str, ...] = (
    "Reported chat excerpt (invented): demands 5,000 rupees by tonight and threatens to write to the family.",
    "Reported chat excerpt (invented): paisay bhejo warna sab ko bata doonga. Easypaisa number yeh hai: 0345 0000{tail}.",
    "اطلاع شدہ گفتگو (فرضی): آج رات تک پیسے بھیجو ورنہ گھر والوں کو بتا دوں گا۔",
    "Reported chat excerpt (invented): asks for gift cards within one hour. The child is afraid.",
)
UPLOAD: tuple[str, ...] = (
    "The files were found by hash when the account's backup was scanned.",
    "One account, several uploads within ten minutes; see the file list for the times.",
    "Uploaded to a private album that was shared by link.",
    "User location according to account settings: Lahore, Pakistan.",
    "یہ فائلیں اکاؤنٹ کے بیک اپ میں ملیں۔",
)
VIRAL: tuple[str, ...] = (
    "The picture is circulating widely; most senders appear to share it out of outrage.",
    "Forwarded in several groups with a caption that asks people to find the owner.",
    "یہ تصویر کئی گروپوں میں آگے بھیجی جا رہی ہے۔",
)
PLAY: tuple[str, ...] = (
    "Both accounts state an age under 16 and appear to know each other from the same cricket club.",
    "The reported user's profile says: class 8, likes kites and cricket.",
)
LIVE: tuple[str, ...] = (
    "Immediate concern: the reported user writes that the child is with him now and that he will go live again tonight.",
    "Immediate concern: a child says on the stream that they cannot go home. The stream ended 40 minutes before this report.",
    "فوری تشویش: بچہ لکھتا ہے کہ وہ گھر نہیں جا سکتا اور آج رات دوبارہ لائیو ہوگا۔",
)
TRADE: tuple[str, ...] = (
    "The listing offers a child for work and names a price; contact by phone only.",
    "Reported chat excerpt (invented): larki ko Karachi bhejna hai, bus adda par milo, raqam baad mein.",
)
TRAVEL: tuple[str, ...] = (
    "The reported user writes that he travels to Islamabad in December and asks for 'introductions to families'.",
    "Itinerary in the chat: London to Lahore on the 12th, hotel near the canal.",
)
HOME: tuple[str, ...] = (
    "A teacher reports that a pupil is afraid of a relative who lives in the same house.",
    "A neighbour writes that a child in the house is often heard crying at night.",
)
MISLEADING: tuple[str, ...] = (
    "The domain name suggests a children's game and leads to a page for adults.",
    "Words on the page seem chosen so that children find it by search.",
)
SPAM: tuple[str, ...] = ("Bulk messages with the same link from accounts that were created within one hour.",)
UNSOLICITED: tuple[str, ...] = ("A child says that a stranger sent an unwanted link, and blocked the account.",)
SPARSE: tuple[str, ...] = ("Forwarded by an automated system; the company holds no further information.",)

WHEN_SAID: tuple[str, ...] = (
    "Time of the upload",
    "Time of the newest message",
    "Time the account was created",
    "Time at which the file was found by hash",
)
BIOS: tuple[str, ...] = (
    "Kites, cricket, old trucks.",
    "لاہور • کرکٹ • پتنگ بازی",
    "Photographer of lakes and mountains, Hunza",
    "پتنگون ۽ ٻيڙيون",
    "ژوند ښکلی دی",
)
ESCALATIONS: tuple[str, ...] = (
    "A child may be in danger now: a meeting is set for tomorrow.",
    "The reported user says the child is with him. Please act at once.",
    "Child states an intention to run away tonight because of threats.",
)
