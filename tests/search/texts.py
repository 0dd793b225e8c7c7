"""Quantities, signatures and names that others wrote: what is meant, or one sentence."""

from __future__ import annotations

import warnings
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from unicodedata import category

from netscore import find_network, load_networks, netscore, signature
from netscore.layout import printable
from netscore.metrics import parse_signature
from netscore.quantities import POWERS, parse_quantity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

NAMES = [network.name for network in load_networks()]
# What a terminal obeys or does not show; a space of any width is neither.
UNSEEN = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
ODD = "0123456789.,eE+-_ kKmMgGbBtT%:|^/\\'\"\x00\x1b\u202e\u2009\u00a0\u0660\uff11\U0001f600\ud800"


def attack(random: Random) -> Iterator[None]:
    """Write texts that are right, then change them."""
    warnings.simplefilter("ignore")
    while True:
        yield from _quantity(random)
        yield from _signature(random)
        name = _changed(random, random.choice(NAMES))
        try:
            assert find_network(name).name
        except (KeyError, ValueError, TypeError) as error:
            _one_sentence(error)
        assert UNSEEN.isdisjoint(map(category, printable(name))), repr(name)
        yield


def _quantity(random: Random) -> Iterator[None]:
    power = random.choice(["", *POWERS])
    number = f"{random.randint(0, 99999)}.{random.randint(0, 99999):05}".rstrip("0").rstrip(".")
    try:
        value = parse_quantity(number + power)
    except ValueError as error:
        _one_sentence(error)
    else:
        wanted = Decimal(number).scaleb(POWERS[power] if power else 0)
        assert abs(Decimal(value) - wanted) <= abs(wanted) * Decimal("3e-16"), (number, power)
    yield
    try:
        value = parse_quantity(_changed(random, number + power))
    except ValueError as error:
        _one_sentence(error)
    else:
        assert value == value
    yield


def _signature(random: Random) -> Iterator[None]:
    weights: dict[str, Any] = {
        name: 10 ** random.uniform(-6, 3) for name in ("alpha", "beta", "gamma")
    }
    text = signature(**weights)
    read: Any = parse_signature(text)
    assert str(read) == text
    assert read.metric(72.0, params=3.4e6, macs=3e8) == netscore(72.0, 3.4e6, 3e8, **weights)
    changed = _changed(random, text)
    try:
        read = parse_signature(changed)
    except (ValueError, TypeError) as error:
        _one_sentence(error)
    else:
        assert parse_signature(str(read)) == read, changed
    yield


def _changed(random: Random, text: str) -> str:
    letters = list(text)
    for _ in range(random.randint(1, 3)):
        place = random.randint(0, len(letters))
        letters[place : place + random.randint(0, 2)] = random.choices(ODD, k=random.randint(0, 2))
    return "".join(letters)


def _one_sentence(error: Exception) -> None:
    said = str(error)
    assert "\n" not in said
    assert 10 < len(said) < 2000, said
