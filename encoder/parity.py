"""Writes the reference test set: texts with the token ids and vectors that every reader of the weights must give."""

import hashlib
import json
import unicodedata
from pathlib import Path

import numpy as np

from .export import QuantisedTable
from .tokens import encode_texts

MOST_TOKENS_LISTED = 200

ORDINARY = """\
What's the weather like in Paris tomorrow?
book a table for two at 7pm
I'd like to cancel my subscription, please.
how do i reset my password
play some jazz music in the kitchen
Transfer $250.75 from checking to savings
turn off the bedroom lights
When does the next train to Edinburgh leave?
my card was declined at the supermarket
Remind me to call the dentist on Friday at 10:30 a.m.
translate "good morning" into Japanese
what is 15% of 240
Can you explain photosynthesis to a ten-year-old?
write a python function that reverses a linked list
SUMMARISE THIS DOCUMENT IN THREE BULLET POINTS
order two large pepperoni pizzas and a diet coke
is my flight BA2490 delayed
I lost my luggage at Heathrow
tell me a joke
set an alarm for six thirty
what's the capital of Burkina Faso
how many calories are in an avocado
The quick brown fox jumps over the lazy dog.
refund order #10293-B, it never arrived
who won the world cup in 1998
Please don't send me any more emails
add milk, eggs and bread to my shopping list
how far is it from Rome to Milan by car
are there any vegan restaurants near me
send 0.05 BTC to my cold wallet
I can't log in: error code 0x80070005
unbelievable antidisestablishmentarianism
hello
the
a
yes no yes no yes no
to be or not to be, that is the question
speak to a human agent NOW!!!
reschedule my appointment to next week
what time is it in Sydney""".split("\n")

NON_ENGLISH = [
    "Wie ist das Wetter morgen in München?",
    "Ich möchte meine Bestellung stornieren",
    "Größe, Straße, Fußball",
    "Où est la gare la plus proche ?",
    "J'aimerais réserver une chambre d'hôtel",
    "Ça coûte combien, s'il vous plaît ?",
    "¿Dónde está la biblioteca?",
    "mañana por la tarde quiero un taxi",
    "¡Qué sorpresa! El niño comió piñas",
    "Привет, как дела?",
    "Сколько стоит билет до Москвы",
    "ёлка и йогурт",
    "مرحبا كيف حالك",
    "اَلْعَرَبِيَّةُ لغة جميلة",
    "नमस्ते, आप कैसे हैं?",
    "मुझे पानी चाहिए",
    "สวัสดีครับ",
    "ฉันต้องการจองโรงแรม",
    "今天天气怎么样",
    "我想订一张去上海的火车票",
    "東京の天気を教えてください",
    "カタカナ と ひらがな",
    "ガギグゲゴ ぱぴぷぺぽ",
    "안녕하세요 오늘 날씨 어때요",
    "한국어",
    "Γειά σου Κόσμε",
    "ΟΔΥΣΣΕΥΣ",
    "שלום עולם",
    "Xin chào, tôi muốn đặt bàn",
    "Türkiye'de İstanbul ve Iğdır",
    "zażółć gęślą jaźń",
    "Příliš žluťoučký kůň",
    "Ünïcödé tëxt",
]

SPECIAL = [
    "",
    " ",
    "\t\n\r  ",
    "\u00a0\u2003\u3000",
    ".",
    "...",
    "?!?!",
    "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
    "“curly” ‘quotes’ — dashes – and … dots",
    "«guillemets» ‹single› ¿¡§¶†‡•",
    "e-mail me@example.com or https://example.com/a?b=c&d=1#top",
    "snake_case camelCase kebab-case path/to/file.txt",
    "don't can't won't it's I'll we've",
    "rock'n'roll o'clock",
    "0",
    "1234567890",
    "3.14159 -2,718.28 1e10 50% $5 €10 £3 ¥100",
    "2024-06-01T12:34:56Z",
    "+44 20 7946 0958",
    "½ ¼ ² ³ ₂ ① Ⅳ ⅷ",
    "١٢٣ ४५६ ๗๘๙",
    "café naïve résumé Zoë",
    "cafe\u0301 nai\u0308ve re\u0301sume\u0301",
    "A\u030angstro\u0308m \u00c5ngstr\u00f6m \u212b",
    "o\u0302\u0301\u0323 ộ",
    "Straße STRASSE \u1e9e ß",
    "İstanbul I\u0307stanbul ıi",
    "ﬁne ﬂow oﬃce ﬆop ŉ ǆ",
    "Ｆｕｌｌ ｗｉｄｔｈ ＡＢＣ１２３！",
    "Æther œuvre ØRESUND Đorđe Łódź þorn ðe",
    "K \u212a Ω \u2126 µ \u03bc",
    "ς σ Σ ΑΣ",
    "I love pizza 🍕",
    "🍕",
    "😀😃😄",
    "family 👨‍👩‍👧‍👦 together",
    "thumbs 👍🏽 up",
    "flag 🇬🇧 and 🏴󠁧󠁢󠁳󠁣󠁴󠁿",
    "heart ❤️ and ❤",
    "1️⃣ keycap",
    "party🎉time",
    "∑ ∫ √ ≠ ≤ ∞ → ⇒",
    "null\u0000byte",
    "bell\u0007 and escape\u001b[31m",
    "tab\tand\nnew line\r\nend",
    "vertical\u000btab form\u000cfeed",
    "next\u0085line",
    "line\u2028separator paragraph\u2029separator",
    "delete\u007f and \u0080\u009f controls",
    "replacement \ufffd character",
    "zero\u200bwidth\u200bspace",
    "zero\u200cwidth\u200djoiner",
    "word\u2060joiner \ufeffbyte order mark",
    "soft\u00adhyphen",
    "right\u202eto left\u202c mark\u200f",
    "private \ue000 use",
    "unassigned \u0378 point",
    "\U0001d54f\U0001d552 mathematical letters \U0001d400",
    "\U00020000\U0002a6d6 rare ideographs",
    "mixed中文and English文字",
    "ab\u4e00cd\u9fffef",
    "\uf900 compatibility ideograph",
    "a\u0300\u0301\u0302\u0303\u0304 stacked",
    "\u0301leading accent",
    "a \u0301 alone",
    "[CLS] [SEP] [PAD] [MASK] [UNK]",
    "##ing ##s",
    "[unused1]",
    "x" * 100,
    "x" * 101,
    "pneumono" * 18 + "ultras",  # 150 letters
    "é" * 100 + " " + "é" * 101,
    "supercalifragilisticexpialidocious",
    "asdfghjkl qwertyuiop zxcvbnm",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "WWW.EXAMPLE.COM",
    "  leading and trailing   spaces  ",
    "constructor __proto__ toString hasOwnProperty",
    "dž ǅ Ǆ ǈ",
    "\u1100\u1161\u11a8 jamo 각",
    "ไม่เป็นไร ครับ 😀 ok",
    "करना क्या है ok",
    "😂" * 60,
]

REPEATED = [
    ("some phrase ", 2_731),  # 32,772 bytes
    ("Can you book me a flight to Zürich? ", 30),
    ("ab", 300),
    ("日本", 150),
]


def describe(text: str, ids: list[int], table: np.ndarray) -> dict:
    """Tokens (or their count and digest) and the vector of one text; `table` is float64 [vocabulary, 256]."""
    total = table[ids].sum(axis=0) if ids else np.zeros(table.shape[1])
    length = np.linalg.norm(total)
    vector = total / length if length > 0 else total
    entry: dict = {}
    if len(ids) <= MOST_TOKENS_LISTED:
        entry["tokens"] = ids
    else:
        entry["tokenCount"] = len(ids)
        entry["tokensSha256"] = hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()
    entry["vector"] = [float(f"{value:.6g}") + 0.0 for value in vector]
    return entry


def write_parity(path: Path, table: QuantisedTable) -> int:
    """Writes a JSON array, one entry a line, and returns how many there are."""
    accented = [unicodedata.normalize("NFD", text) for text in NON_ENGLISH if unicodedata.normalize("NFD", text) != text]
    texts = ORDINARY + SPECIAL + NON_ENGLISH + accented
    assert len(set(texts)) == len(texts), "a text stands twice in the reference set"
    exact = table.as_float64()
    lines = []
    for text, ids in zip(texts, encode_texts(texts)):
        lines.append({"text": text, **describe(text, ids, exact)})
    for phrase, times in REPEATED:
        ids = encode_texts([phrase * times])[0]
        lines.append({"repeat": phrase, "times": times, **describe(phrase * times, ids, exact)})
    body = ",\n".join(json.dumps(line, separators=(",", ":")) for line in lines)
    path.write_text(f"[\n{body}\n]\n", encoding="utf-8", newline="\n")
    return len(lines)
