"""Signatures: all that can change a score, as text and back."""

from __future__ import annotations

import inspect
import math
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import netscore as package
from netscore import __version__, netscore
from netscore.signatures import (
    Signature,
    mnasnet_reward_signature,
    ns_e_signature,
    ns_m_signature,
    ns_sharp_signature,
    parse_signature,
    signature,
    weighted_score_signature,
)
from netscore.variants import PUBLISHED, Cost, mnasnet_reward, weighted_score

END = f"v:{__version__}"

exponents = st.floats(0.0, 1e308) | st.integers(0, 5)
labels = st.sampled_from(["top1", "top5", "top1-v2", "miou", "map0.5", "1"])
names = st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,9}", fullmatch=True).filter(
    lambda name: name not in {"a", "acc", "log", "v"}
)
units = st.text(
    st.characters(exclude_characters="|", exclude_categories=["Z", "C"]), min_size=1, max_size=8
)
costs = st.dictionaries(
    names, st.builds(Cost, st.just(1.0), exponent=exponents, unit=units), min_size=1, max_size=4
)


def test_text() -> None:
    assert (
        signature()
        == f"netscore|acc:top1-percent|p:1e6|m:macs-1e9|log:20log10|a:2|b:0.5|g:0.5|{END}"
    )
    assert signature(alpha=1.5, beta=0, gamma=1e-7, accuracy="top5") == (
        f"netscore|acc:top5-percent|p:1e6|m:macs-1e9|log:20log10|a:1.5|b:0|g:1e-07|{END}"
    )


def test_text_of_the_variants() -> None:
    assert ns_e_signature() == (
        f"NS-E|acc:top1-percent|time:s^0.125|power:W^0.125|log:20log10|a:2|{END}"
    )
    assert ns_m_signature() == f"NS-M|acc:top1-percent|memory:MiB^0.125|log:20log10|a:2|{END}"
    assert ns_sharp_signature(accuracy="top5") == (
        "NS#|acc:top5-percent|memory:MiB^0.125|time:s^0.125|power:W^0.125|log:20log10|a:2|" + END
    )
    assert mnasnet_reward_signature(80) == (
        f"mnasnet_reward|acc:top1-percent|target:80|w:-0.07|{END}"
    )
    both = {
        "power": Cost(3.0, exponent=0.25, unit="W"),
        "energy": Cost([1.0], exponent=1, unit="J/image"),
    }
    assert weighted_score_signature(both, alpha=3, scale=10.0, accuracy="miou") == (
        f"weighted_score|acc:miou-percent|energy:J/image^1|power:W^0.25|log:10log10|a:3|{END}"
    )


@pytest.mark.parametrize(
    ("metric", "signed"),
    [
        (netscore, signature),
        (weighted_score, weighted_score_signature),
        (mnasnet_reward, mnasnet_reward_signature),
    ],
)
def test_every_argument_but_the_measurements_is_signed(metric: Any, signed: Any) -> None:
    measurements = {"accuracy", "params", "macs", "latency"}
    # Where the result goes and how many threads compute it: neither changes a number.
    places = {"out", "workers"}
    of_metric = inspect.signature(metric).parameters
    of_signature = inspect.signature(signed).parameters
    assert of_signature.keys() - {"accuracy"} == of_metric.keys() - measurements - places
    for name in of_signature.keys() - {"accuracy"}:
        assert of_signature[name].default == of_metric[name].default
        assert of_signature[name].kind == of_metric[name].kind
    assert of_signature["accuracy"].default == "top1"


@given(
    st.fixed_dictionaries({"alpha": exponents, "beta": exponents, "gamma": exponents}),
    st.sampled_from(["alpha", "beta", "gamma"]),
    exponents,
    labels,
    labels,
)
def test_signatures_are_equal_if_the_conventions_are(
    arguments: dict[str, float], name: str, other: float, label: str, other_label: str
) -> None:
    before = signature(**arguments, accuracy=label)
    after = signature(**{**arguments, name: other}, accuracy=label)
    assert (before == after) is (arguments[name] == other)
    relabelled = signature(**arguments, accuracy=other_label)
    assert (before == relabelled) is (label == other_label)


@given(costs, exponents, st.floats(1e-300, 1e300), labels, st.data())
def test_signatures_of_weighted_scores_are_equal_if_the_conventions_are(
    given_costs: dict[str, Cost], alpha: float, scale: float, label: str, data: st.DataObject
) -> None:
    def sign(costs: dict[str, Cost] = given_costs, **changed: Any) -> str:
        arguments: dict[str, Any] = {"alpha": alpha, "scale": scale, "accuracy": label, **changed}
        return weighted_score_signature(costs, **arguments)

    name = data.draw(st.sampled_from(sorted(given_costs)))
    one = given_costs[name]
    assert sign() == sign(dict(reversed(given_costs.items())))
    assert sign() == sign({**given_costs, name: Cost(7.0, exponent=one.exponent, unit=one.unit)})
    weight = data.draw(exponents)
    heavier = {**given_costs, name: Cost(1.0, exponent=weight, unit=one.unit)}
    assert (sign() == sign(heavier)) is (weight == one.exponent)
    unit = data.draw(units)
    rescaled = {**given_costs, name: Cost(1.0, exponent=one.exponent, unit=unit)}
    assert (sign() == sign(rescaled)) is (unit == one.unit)
    assert sign() != sign({**given_costs, "one_more_cost": one})
    assert sign() != sign(alpha=alpha + 1 if alpha < 1e15 else 0)
    assert sign() != sign(scale=scale * 2)
    assert sign() != sign(accuracy=label + "-x")


@given(st.floats(1e-300, 1e300), st.floats(1e-300, 1e300), st.floats(-10, 0), st.floats(-10, 0))
def test_signatures_of_rewards_are_equal_if_the_conventions_are(
    target: float, other: float, w: float, other_w: float
) -> None:
    before = mnasnet_reward_signature(target, w=w)
    assert (before == mnasnet_reward_signature(other, w=w)) is (target == other)
    assert (before == mnasnet_reward_signature(target, w=other_w)) is (w == other_w)
    assert before != mnasnet_reward_signature(target, w=w, accuracy="top5")


def test_signatures_differ_between_metrics() -> None:
    same = {
        "time": Cost(1.0, exponent=0.125, unit="s"),
        "power": Cost(1.0, exponent=0.125, unit="W"),
    }
    texts = [
        signature(),
        ns_e_signature(),
        ns_m_signature(),
        ns_sharp_signature(),
        mnasnet_reward_signature(80.0),
        weighted_score_signature(same),
    ]
    assert len(set(texts)) == len(texts)
    assert ns_e_signature() != ns_e_signature(accuracy="top5")
    assert ns_m_signature() != ns_m_signature(accuracy="top5")
    assert ns_sharp_signature() != ns_sharp_signature(accuracy="top5")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (2, "2"),
        (2.0, "2"),
        (np.float64(2.0), "2"),
        (np.int8(2), "2"),
        (np.float32(0.5), "0.5"),
        (0.0, "0"),
        (-0.0, "0"),
        (0, "0"),
        (0.3, "0.3"),
        (0.1 + 0.2, "0.30000000000000004"),
        (np.float32(0.1), "0.10000000149011612"),
        (1 / 3, "0.3333333333333333"),
        (100, "100"),
        (10.0, "10"),
        (1e16, "1e+16"),
        (5e-324, "5e-324"),
        (2**53 + 2, "9007199254740994"),
    ],
)
def test_numbers_are_the_shortest_that_read_back(number: Any, text: str) -> None:
    assert f"|a:{text}|b:0.5|" in signature(alpha=number)
    assert float(text) == float(number)


def test_the_version_is_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert signature().endswith(f"|v:{package.__version__}")
    monkeypatch.setattr("netscore.signatures.__version__", "9.9.9")
    for text in (
        signature(),
        ns_e_signature(),
        ns_m_signature(),
        ns_sharp_signature(),
        mnasnet_reward_signature(80.0),
        weighted_score_signature({"latency": Cost(1.0, exponent=1, unit="s")}),
    ):
        assert text.endswith("|v:9.9.9")


# The way back.
@given(exponents, exponents, exponents, labels)
def test_parsed_netscore(alpha: float, beta: float, gamma: float, label: str) -> None:
    text = signature(alpha=alpha, beta=beta, gamma=gamma, accuracy=label)
    parsed = parse_signature(text)
    assert str(parsed) == text
    assert parsed.metric == "netscore"
    assert dict(parsed.fields) == {
        "acc": f"{label}-percent",
        "p": "1e6",
        "m": "macs-1e9",
        "log": "20log10",
        "a": alpha,
        "b": beta,
        "g": gamma,
        "v": __version__,
    }
    again = parse_signature(text)
    assert again == parsed
    assert hash(again) == hash(parsed)


@given(costs, exponents, st.floats(1e-300, 1e300), labels)
def test_parsed_weighted_score(
    given_costs: dict[str, Cost], alpha: float, scale: float, label: str
) -> None:
    text = weighted_score_signature(given_costs, alpha=alpha, scale=scale, accuracy=label)
    parsed = parse_signature(text)
    assert str(parsed) == text
    fields = dict(parsed.fields)
    assert fields["a"] == alpha
    assert list(fields) == ["acc", *sorted(given_costs), "log", "a", "v"]
    for name, cost in given_costs.items():
        unit, _, exponent = str(fields[name]).rpartition("^")
        assert (unit, float(exponent)) == (cost.unit, cost.exponent)


@given(st.floats(1e-300, 1e300), st.floats(-10, 0), labels)
def test_parsed_reward(target: float, w: float, label: str) -> None:
    text = mnasnet_reward_signature(target, w=w, accuracy=label)
    parsed = parse_signature(text)
    assert str(parsed) == text
    assert parsed == Signature(
        "mnasnet_reward",
        (("acc", f"{label}-percent"), ("target", target), ("w", w), ("v", __version__)),
    )


@pytest.mark.parametrize("sign", [ns_e_signature, ns_m_signature, ns_sharp_signature])
def test_parsed_published_variants(sign: Any) -> None:
    text = sign(accuracy="top5")
    parsed = parse_signature(text)
    assert str(parsed) == text
    fields = dict(parsed.fields)
    assert fields["acc"] == "top5-percent"
    assert fields["a"] == 2.0
    assert [name for name, _ in parsed.fields[1:-3]] == [t.name for t in PUBLISHED[parsed.metric]]


def test_signatures_of_other_versions_are_read() -> None:
    text = signature().replace(END, "v:12.0.0rc1+local.2")
    assert str(parse_signature(text)) == text


FIELDS = "netscore has acc, p, m, log, a, b, g, v"
WEIGHTED = f"weighted_score|acc:top1-percent|latency:s^0.5|log:20log10|a:2|{END}"


def changed(old: str, new: str, text: str | None = None) -> str:
    text = signature() if text is None else text
    assert text.count(old) == 1
    return text.replace(old, new)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "",
            "the metric must be one of netscore, NS-E, NS-M, NS#, mnasnet_reward, weighted_score, "
            "got ''",
        ),
        (
            changed("netscore|", "NetScore|"),
            "the metric must be one of netscore, NS-E, NS-M, NS#, mnasnet_reward, weighted_score, "
            "got 'NetScore'",
        ),
        (changed("|p:1e6", "|p=1e6"), "a field must be name:value, got 'p=1e6'"),
        (signature() + "|", "a field must be name:value, got ''"),
        (changed("|b:0.5", "|b:0.5|b:0.5"), "field 'b' is given twice"),
        (changed("|b:0.5", "|a:0.5"), "field 'a' is given twice"),
        ("netscore", f"field 'acc' is missing, {FIELDS}"),
        (changed("|log:20log10", ""), f"field 'log' is missing, {FIELDS}"),
        (changed(f"|{END}", ""), f"field 'v' is missing, {FIELDS}"),
        (changed("|g:", "|d:"), f"field 'g' is missing, {FIELDS}"),
        (signature() + "|s:1", f"field 's' is unknown, {FIELDS}"),
        (signature() + "| v:1", f"field ' v' is unknown, {FIELDS}"),
        (
            changed("|b:0.5|g:0.5", "|g:0.5|b:0.5"),
            "the fields must stand in the order acc, p, m, log, a, b, g, v, "
            "got acc, p, m, log, a, g, b, v",
        ),
        (
            changed("top1-percent", "top1-fraction"),
            "acc must be a label and -percent, as in top1-percent, got 'top1-fraction'",
        ),
        (
            changed("top1-percent", "Top-percent"),
            "accuracy must be a label of lower-case letters, digits, hyphens and full stops, "
            "as in top1, got 'Top'",
        ),
        (changed("p:1e6", "p:1e3"), "p must be 1e6, got '1e3'"),
        (changed("macs-1e9", "flops-1e9"), "m must be macs-1e9, got 'flops-1e9'"),
        (changed("20log10", "20ln"), "log must be 20log10, got '20ln'"),
        (changed("a:2", "a:two"), "a must be a number, got 'two'"),
        (changed("b:0.5", "b:"), "b must be a number, got ''"),
        (changed("a:2", "a:2.0"), "a must be 2, got '2.0'"),
        (changed("a:2", "a: 2"), "a must be 2, got ' 2'"),
        (changed("a:2", "a:2_0"), "a must be 20, got '2_0'"),
        (changed("g:0.5", "g:.5"), "g must be 0.5, got '.5'"),
        (changed("a:2", "a:-0"), "a must be 0, got '-0'"),
        (changed("a:2", "a:-2"), "alpha must be non-negative and finite, got -2.0"),
        (changed("b:0.5", "b:nan"), "beta must be non-negative and finite, got nan"),
        (changed("g:0.5", "g:1e999"), "gamma must be non-negative and finite, got inf"),
        (changed(END, "v:"), "v must be a version, as in 0.1.0, got ''"),
        (changed(END, "v:1 0"), "v must be a version, as in 0.1.0, got '1 0'"),
        (
            changed("|log", "|q:1|log", ns_m_signature()),
            "field 'q' is unknown, NS-M has acc, memory, log, a, v",
        ),
        (
            changed("|memory:MiB^0.125", "", ns_m_signature()),
            "field 'memory' is missing, NS-M has acc, memory, log, a, v",
        ),
        (
            changed("MiB^0.125", "MB^0.125", ns_m_signature()),
            "memory must be MiB^0.125, got 'MB^0.125'",
        ),
        (changed("a:2", "a:1", ns_m_signature()), "a must be 2, got '1'"),
        (changed("20log", "10log", ns_m_signature()), "log must be 20log10, got '10log10'"),
        (
            changed("target:80", "target:0", mnasnet_reward_signature(80)),
            "target must be positive and finite, got 0.0",
        ),
        (
            changed("w:-0.07", "w:0.07", mnasnet_reward_signature(80)),
            "w must be non-positive and finite, got 0.07",
        ),
        (
            changed("w:-0.07", "w:x", mnasnet_reward_signature(80)),
            "w must be a number, got 'x'",
        ),
        (
            changed("target:80|w:-0.07", "w:-0.07|target:80", mnasnet_reward_signature(80)),
            "the fields must stand in the order acc, target, w, v, got acc, w, target, v",
        ),
        (
            changed("|latency:s^0.5", "", WEIGHTED),
            "costs must hold at least one cost, got {}",
        ),
        (
            changed("s^0.5", "s", WEIGHTED),
            "the exponent of latency must be a number, got 's'",
        ),
        (
            changed("s^0.5", "^0.5", WEIGHTED),
            "the unit of latency must be text without spaces and '|', got ''",
        ),
        (changed("s^0.5", "s^.5", WEIGHTED), "latency must be s^0.5, got 's^.5'"),
        (
            changed("s^0.5", "s^-0.5", WEIGHTED),
            "the exponent of latency must be non-negative and finite, got -0.5",
        ),
        (
            changed("latency", "la tency", WEIGHTED),
            "the name of a cost must be an ASCII word, hyphens allowed, that starts with a letter "
            "and is none of a, acc, log and v, got 'la tency'",
        ),
        (
            changed("|latency", "|power:W^1|latency", WEIGHTED),
            "the fields must stand in the order acc, latency, power, log, a, v, "
            "got acc, power, latency, log, a, v",
        ),
        (
            changed("20log10", "ln", WEIGHTED),
            "the factor before log10 must be a number, got 'ln'",
        ),
        (changed("20log10", "20", WEIGHTED), "log must be 20log10, got '20'"),
        (changed("20log10", "0log10", WEIGHTED), "scale must be positive and finite, got 0.0"),
        (changed("a:2", "a:x", WEIGHTED), "a must be a number, got 'x'"),
        (changed("|a:2", "", WEIGHTED), "field 'a' is missing, weighted_score has acc, log, a, v"),
    ],
)
def test_what_is_no_signature(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^parse_signature: {re.escape(message)}$"):
        parse_signature(text)


@pytest.mark.parametrize("wrong", [None, b"netscore", 3])
def test_a_signature_is_text(wrong: Any) -> None:
    message = f"parse_signature: text must be a str, got {wrong!r}"
    with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
        parse_signature(wrong)


@given(st.text() | st.text("netscore|acc:top1-percent|p:1e6|v", max_size=60))
def test_arbitrary_text_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"\Aparse_signature: "):
        parse_signature(text)


@pytest.mark.parametrize("name", ["alpha", "beta", "gamma"])
@pytest.mark.parametrize("wrong", [[2.0], np.array([1.0, 2.0]), "2", True, None])
def test_exponents_that_are_no_single_number(name: str, wrong: Any) -> None:
    message = f"signature: {name} must be a real number, got {wrong!r}"
    with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
        signature(**{name: wrong})


@pytest.mark.parametrize("name", ["alpha", "beta", "gamma"])
@pytest.mark.parametrize("wrong", [-1.0, math.inf, math.nan])
def test_exponents_that_netscore_refuses(name: str, wrong: Any) -> None:
    message = f"signature: {name} must be non-negative and finite, got {wrong}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        signature(**{name: wrong})


SIGNED: list[tuple[str, Any]] = [
    ("signature", signature),
    ("ns_e_signature", ns_e_signature),
    ("ns_m_signature", ns_m_signature),
    ("ns_sharp_signature", ns_sharp_signature),
    ("mnasnet_reward_signature", lambda **label: mnasnet_reward_signature(80.0, **label)),
    (
        "weighted_score_signature",
        lambda **label: weighted_score_signature(
            {"latency": Cost(1.0, exponent=1, unit="s")}, **label
        ),
    ),
]


@pytest.mark.parametrize(("name", "sign"), SIGNED, ids=[name for name, _ in SIGNED])
@pytest.mark.parametrize("wrong", ["", "Top1", "top 1", "top1|", "a:b", "-x", "x-", "a--b", "x\n",
                                   "été", 1, None])  # fmt: skip
def test_wrong_labels(name: str, sign: Any, wrong: Any) -> None:
    message = (
        f"{name}: accuracy must be a label of lower-case letters, digits, hyphens and full stops, "
        f"as in top1, got {wrong!r}"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        sign(accuracy=wrong)


def test_wrong_constants_of_the_variants() -> None:
    latency = {"latency": Cost(1.0, exponent=1, unit="s")}
    with pytest.raises(ValueError, match=r"^weighted_score_signature: alpha must be non-neg"):
        weighted_score_signature(latency, alpha=-1)
    with pytest.raises(ValueError, match=r"^weighted_score_signature: scale must be positive"):
        weighted_score_signature(latency, scale=0)
    with pytest.raises(ValueError, match=r"^weighted_score_signature: costs must hold at least"):
        weighted_score_signature({})
    with pytest.raises(ValueError, match=r"^mnasnet_reward_signature: target must be positive"):
        mnasnet_reward_signature(-1.0)
    with pytest.raises(TypeError, match=r"^mnasnet_reward_signature: w must be a real number"):
        mnasnet_reward_signature(1.0, w="-0.07")  # type: ignore[arg-type]
