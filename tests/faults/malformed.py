"""Malformed input: what a file can hold that is not what its feed promised.

A kind is one line among sound ones. The oracle is the file's own making: every sound line is one
accepted row, the other is in quarantine as it came, where it was, for one of the reasons given.
"""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.faults.row import Harm, Try
from tests.unit.ingestion.conftest import HEADER, ORDERS, World

AT = b"2026-06-01 12:00:00"
JSON = """
feed: shop
source: {kind: files, path: "orders*", format: ndjson}
entity: orders
time_zone: Asia/Shanghai
columns: {order_id: id, user_id: customer, ordered_at: at, status: state, amount: qty * price,
  currency: "'CNY'"}
"""
FEEDS = {"csv": ORDERS, "ndjson": JSON}


@dataclass(frozen=True)
class Kind:
    """One line that is wrong, the reasons it may be refused for, and the format it is a line of."""

    name: str
    line: bytes
    reasons: tuple[str, ...]
    format: str = "csv"


def _csv(**values: bytes) -> bytes:
    line = {"id": b"x", "customer": b"u", "at": AT, "state": b"paid", "qty": b"2", "price": b"1.50"}
    return b",".join((line | values).values())


def _json(**values: bytes) -> bytes:
    line = {"id": b'"x"', "customer": b'"u"', "at": b'"' + AT + b'"', "qty": b"2", "price": b"1.5"}
    return b"{" + b",".join(b'"%s":%s' % (k.encode(), v) for k, v in (line | values).items()) + b"}"


TYPE, ENUM, LACKS, RANGE = ("bad_type",), ("bad_enum",), ("missing_required",), ("out_of_range",)
LINE, CODE = ("unparsable_line",), ("bad_encoding",)
KINDS = (
    Kind("a word for a number", _csv(qty=b"two"), TYPE),
    Kind("a number with a unit", _csv(price=b"1.50 EUR"), TYPE),
    Kind("a number with thousands marks", _csv(price=b"1'000.00"), TYPE),
    Kind("a hexadecimal number", _csv(qty=b"0x10"), TYPE),
    Kind("not a number", _csv(qty=b"NaN"), TYPE + RANGE),
    Kind("infinity", _csv(qty=b"inf"), TYPE + RANGE),
    Kind("a day that is not", _csv(at=b"2026-02-30 12:00:00"), TYPE),
    Kind("a month that is not", _csv(at=b"2026-13-01 12:00:00"), TYPE),
    Kind("an hour that is not", _csv(at=b"2026-06-01 25:00:00"), TYPE),
    Kind("a day the other way round", _csv(at=b"01/06/2026"), TYPE),
    Kind("a spreadsheet's serial day", _csv(at=b"46174.5"), TYPE),
    Kind("a time before all counting", _csv(at=b"0001-01-01 00:00:00"), RANGE + TYPE),
    Kind("a time far ahead", _csv(at=b"9999-12-31 00:00:00"), ("future_timestamp", "out_of_range")),
    Kind("a state nobody knows", _csv(state=b"shipped"), ENUM),
    Kind("no key", _csv(id=b""), LACKS),
    Kind("a blank key", _csv(id=b"   "), LACKS),
    Kind("no time", _csv(at=b""), LACKS),
    Kind("more money than fits", _csv(qty=b"99999999999", price=b"9999999"), RANGE),
    Kind("a value too many", _csv() + b",7", ("too_many_columns",)),
    Kind("an empty value too many", _csv() + b",", ("too_many_columns",)),
    Kind("a value too few", b"x,u," + AT + b",paid,2", ("too_few_columns",)),
    Kind("one value", b"x", ("too_few_columns",)),
    Kind("another delimiter", _csv().replace(b",", b";"), ("too_few_columns",)),
    Kind("an open quote", _csv(customer=b'"u'), LINE),
    Kind("a quote within", _csv(customer=b'"u"v"'), LINE),
    Kind("text after a quote", _csv(customer=b'"u"v'), LINE),
    Kind("a byte that is no text", _csv(customer=b"u\xff"), CODE),
    Kind("half a character", _csv(customer=b"\xe7\x8e"), CODE),
    Kind("an overlong character", _csv(customer=b"\xc0\xaf"), CODE),
    Kind("a lone surrogate", _csv(customer=b"\xed\xa0\x80"), CODE),
    Kind("another encoding", _csv(customer="王小明".encode("gbk")), CODE),
    Kind("a NUL", _csv(customer=b"u\x00v"), CODE),
    Kind("a line over a megabyte", _csv(customer=b"u" * 1_100_000), ("too_long",)),
    Kind("the header again", HEADER.strip().encode(), TYPE),
    Kind("half an object", _json()[:-9], LINE, "ndjson"),
    Kind("an object too many", _json() + b"}", LINE, "ndjson"),
    Kind("a comma too many", _json()[:-1] + b",}", LINE, "ndjson"),
    Kind("quotes of another kind", _json().replace(b'"', b"'"), LINE, "ndjson"),
    Kind("a list", b"[" + _json() + b"]", LINE, "ndjson"),
    Kind("a bare word", b"null", LINE, "ndjson"),
    Kind("not a number, in JSON", _json(qty=b"NaN"), LINE, "ndjson"),
    Kind("an object for a number", _json(qty=b'{"n":2}'), TYPE, "ndjson"),
    Kind("a key that is null", _json(id=b"null"), LACKS, "ndjson"),
    Kind("a byte that is no text, in JSON", _json(customer=b'"\xff"'), CODE, "ndjson"),
    Kind("a control character", _json(customer=b'"a\x01b"'), LINE, "ndjson"),
)
SIZES = (9, 5_000)
POSITIONS = ("first", "middle", "last")


def tries(sizes: tuple[int, ...] = SIZES, positions: tuple[str, ...] = POSITIONS) -> Iterator[Try]:
    """Every kind, at every place of a file of every size."""
    for kind in KINDS:
        for size in sizes:
            for position in positions:
                yield f"{kind.name}, {position} of {size}", _of(kind, size, position)


def _sound(kind: str, number: int) -> bytes:
    name = b"g%d" % number
    return _csv(id=name) if kind == "csv" else _json(id=b'"' + name + b'"')


def _of(kind: Kind, size: int, position: str) -> frozenset[Harm]:
    place = {"first": 0, "middle": size // 2, "last": size}[position]
    lines = [_sound(kind.format, number) for number in range(size)]
    lines.insert(place, kind.line)
    head = [HEADER.strip().encode()] if kind.format == "csv" else []
    content = b"\n".join([*head, *lines]) + b"\n"
    with tempfile.TemporaryDirectory() as root:
        world = landed(Path(root), kind.format, content)
        (load,) = world.pull()
        ids = Counter(name for (name,) in world.query("orders", "order_id"))
        refused = world.refused()
    harm: set[Harm] = set()
    if set(ids) != {f"g{number}" for number in range(size)}:
        harm.add("lost")
    if ids.total() > len(ids):
        harm.add("duplicated")
    offset = len(b"\n".join([*head, *lines[:place], b""])) if head or place else 0
    found = [(item.reason in kind.reasons, item.line, item.offset, item.raw[:1000]) for item in refused]
    if found != [(True, place + 1 + len(head), offset, kind.line[:1000])]:
        harm.add("torn")
    if load.physical != size + 1 or load.physical != load.accepted + load.quarantined + load.duplicate:
        harm.add("lost")
    return frozenset(harm)


def landed(root: Path, kind: str, content: bytes) -> World:
    """A world with one file of a format."""
    world = World(root)
    world.landing.mkdir()
    world.write_feed(FEEDS[kind])
    world.land("orders.x", content)
    return world


PIECES = (
    b'"', b",", b"\n", b"\r", b"\r\n", b"\0", b"\xff", b"\xc3", b"x", b" ", b"\\", b"\xef\xbb\xbf",
    b"{", b"}", b"[", b":", b"\x1a", b"\xe2\x80\xa8", b'""', b"\n\n", b";", b"'",
)  # fmt: skip


def mutations(count: int, seed: int = 1) -> Iterator[Try]:
    """Random damage to a sound file; the same seed, the same damage."""
    for number in range(seed, seed + count):
        kind = ("csv", "ndjson")[number % 2]
        lines = [_sound(kind, n) for n in range(12)]
        head = [HEADER.strip().encode()] if kind == "csv" else []
        content = b"\n".join([*head, *lines]) + b"\n"
        yield f"mutation {number}", _conserved(kind, _mutated(content, random.Random(number)), lines)


def _mutated(content: bytes, dice: random.Random) -> bytes:
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(content) + 1)
        to = min(len(content), at + dice.randint(1, 40))
        done = dice.choice(("insert", "delete", "repeat", "swap", "flip"))
        if done == "insert":
            content = content[:at] + dice.choice(PIECES) + content[at:]
        elif done == "delete":
            content = content[:at] + content[to:]
        elif done == "repeat":
            content = content[:to] + content[at:to] + content[to:]
        elif done == "swap":
            content = content[:at] + content[at:to][::-1] + content[to:]
        elif at < len(content):
            content = content[:at] + bytes([content[at] ^ 1 << dice.randrange(8)]) + content[at + 1 :]
    return content


def _conserved(kind: str, content: bytes, lines: list[bytes]) -> frozenset[Harm]:
    """Whether the counts add up, and each line that is still whole is in a row or in quarantine."""
    with tempfile.TemporaryDirectory() as root:
        world = landed(Path(root), kind, content)
        found = world.pull()
        if not found:
            return frozenset() if not content.strip() else frozenset({"lost"})
        (load,) = found
        rows = world.query("orders", "_line, order_id, user_id, coalesce(attributes::varchar, '')")
        refused = b"\n".join(item.raw for item in world.refused())
    harm: set[Harm] = set()
    if load.physical != load.accepted + load.quarantined + load.duplicate or load.rows != len(rows):
        harm.add("lost")
    physical = content.split(b"\n")
    values = "\n".join(value or "" for _, *row in rows for value in row)
    # By its line and not by its key: damage makes g1 of g10, another record with the key of a sound one.
    made = Counter(number for number, *_ in rows)
    for line in set(physical) & set(lines):
        if f"g{lines.index(line)}" not in values and line not in refused:
            harm.add("lost")
        if sum(made[number] for number, text in enumerate(physical, 1) if text == line) > 1:
            harm.add("duplicated")
    if any(times > 1 for times in made.values()):
        harm.add("duplicated")
    return frozenset(harm)
