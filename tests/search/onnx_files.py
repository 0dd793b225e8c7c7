"""Hostile ONNX files: every one gives a count or one sentence."""

from __future__ import annotations

import warnings
from itertools import cycle
from typing import TYPE_CHECKING, Any
from unicodedata import category

from .texts import UNSEEN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

# Small models of many kinds; the shapes of the second and the third need arithmetic.
TEXTS = (
    """<ir_version: 8, opset_import: ["" : 18]>
    convolution (float[N,3,8,8] x) => (float[] y)
    <float[4,3,1,1] w = {1,2,3,4,5,6,7,8,9,1,2,3}, float[4] b = {1,2,3,4}, float[4] one = {1,1,1,1}>
    { c = Conv(x, w, b) n = BatchNormalization(c, one, b, b, one) y = Relu(n) }""",
    """<ir_version: 8, opset_import: ["" : 11]>
    resized (float[1,2,6,6] x) => (float[] y)
    <float[3,2,1,1] w = {1,2,3,4,5,6}, float[2] two = {2,2}, float[0] e = {},
     int64[1] zero = {0}, int64[1] a = {2}, int64[1] b = {4}>
    { s = Shape(x) t = Slice(s, a, b) f = Cast<to = 1>(t) m = Mul(f, two) g = Floor(m)
      h = Cast<to = 7>(g) k = Slice(s, zero, a) z = Concat<axis = 0>(k, h)
      r = Resize<mode = "nearest">(x, e, e, z) y = Conv(r, w) }""",
    """<ir_version: 8, opset_import: ["" : 18]>
    attention (int64[1,7] x) => (float[] y)
    <float[6,4] t = {1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24},
     int64[4] g = {1,-1,2,2}>
    { e = Gather(t, x) h = Reshape(e, g) q = Transpose<perm = [0,2,1,3]>(h)
      k = Transpose<perm = [0,2,3,1]>(h) a = MatMul(q, k) p = Softmax(a) v = MatMul(p, q)
      u = Transpose<perm = [1,0]>(t) o = Einsum<equation = "bhld,hd->bl">(v, v)
      z = Reshape(e, g) y = MatMul(e, u) }""",
    """<ir_version: 8, opset_import: ["" : 18, "mine" : 1]>
    nested (float[1,4] x, bool c) => (float[] y)
    <float[4,4] w = {1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16}, bool yes = {1}>
    { h = mine.Twice(x, w)
      y = If(yes) <then_branch = g () => (float[] t) { t = MatMul(h, w) },
                  else_branch = f () => (float[] o) { o = Relu(h) }> }
    <domain: "mine", opset_import: ["" : 18]>
    Twice (a, w) => (c) { b = MatMul(a, w) c = MatMul(b, w) }""",
    """<ir_version: 8, opset_import: ["" : 18]>
    recurrent (float[7,1,2] x) => (float[] y)
    <float[1,8,2] w = {1,2,3,4,5,6,7,8,1,2,3,4,5,6,7,8}, float[1,8,2] r =
     {1,2,3,4,5,6,7,8,1,2,3,4,5,6,7,8}, float s = {1}, uint8 z = {0}>
    { q = QuantizeLinear(x, s, z) d = DequantizeLinear(q, s, z)
      y = LSTM<hidden_size = 2>(d, w, r) }""",
    """<ir_version: 8, opset_import: ["" : 18, "com.microsoft" : 1]>
    runtime (float[1,2,4] x) => (float[] y)
    <float[4,6] w = {1,2,3,4,5,6,1,2,3,4,5,6,1,2,3,4,5,6,1,2,3,4,5,6}, float[3,2] v = {1,2,3,4,5,6},
     uint8[2,1,2] u = {1,2,3,4}, float[2] s = {1,2}>
    { a = com.microsoft.Attention<num_heads = 2>(x, w)
      b = com.microsoft.FusedMatMul<transB = 1>(a, v)
      c = com.microsoft.MultiHeadAttention<num_heads = 1>(b, b, b)
      y = com.microsoft.MatMulNBits<K = 3, N = 2, bits = 4, block_size = 16>(c, u, s) }""",
)
SIZES = (0, 1, 2, 2**16, 2**31, 2**40, 2**62, 2**63 - 1, -1, -2, -(2**63))


def attack(random: Random) -> Iterator[None]:
    """Count models of which one thing is wrong."""
    import onnx.parser

    from netscore import count

    # protobuf and the C++ of onnx read the bytes; what Python wraps around them says one sentence.
    models = [onnx.parser.parse_model(text) for text in TEXTS]
    changes: tuple[Callable[[Any, Random], bytes], ...] = (flipped, cut, resized, rewired, renamed)
    for change in cycle(changes):
        data = change(random.choice(models), random)
        try:
            model = onnx.load_from_string(data)
        except Exception:
            yield
            continue
        found, said = None, "count: "
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found = count(model)
        except ValueError as error:
            said = str(error)
        except BaseException as error:
            raise AssertionError(data) from error
        assert said.startswith("count: "), (data, said)
        assert UNSEEN.isdisjoint(map(category, said)), (data, said)
        if found:
            assert found.params >= 0, (data, found)
            assert found.macs == sum(macs for *_, macs in found.products) >= 0, (data, found)
        yield


def flipped(model: Any, random: Random) -> bytes:
    data = bytearray(model.SerializeToString())
    for _ in range(random.choice((1, 1, 2, 8))):
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)
    return bytes(data)


def cut(model: Any, random: Random) -> bytes:
    data = model.SerializeToString()
    start, end = sorted(random.choices(range(len(data)), k=2))
    return bytes(data[:start] + data[end:])


def _copy(model: Any) -> Any:
    return type(model).FromString(model.SerializeToString())


def resized(model: Any, random: Random) -> bytes:
    """Change a dimension of a weight or an input, or a number of an attribute."""
    model = _copy(model)
    places: list[tuple[Any, int]] = [
        (tensor.dims, at) for tensor in model.graph.initializer for at in range(len(tensor.dims))
    ]
    for node in model.graph.node:
        places += [(a.ints, at) for a in node.attribute for at in range(len(a.ints))]
    dims = [dim for value in model.graph.input for dim in value.type.tensor_type.shape.dim]
    if random.random() < 0.3:
        random.choice(dims).dim_value = random.choice(SIZES)
    else:
        numbers, at = random.choice(places)
        numbers[at] = random.choice(SIZES)
    return bytes(model.SerializeToString())


def rewired(model: Any, random: Random) -> bytes:
    """Change an input or an output of a node, leave one out, or bring the nodes out of order."""
    model = _copy(model)
    nodes = model.graph.node
    names = [name for node in nodes for name in (*node.input, *node.output, "", "nowhere")]
    node = random.choice(nodes)
    ends = random.choice((node.input, node.output))
    if random.random() < 0.2:
        del ends[:]
    elif ends and random.random() < 0.6:
        ends[random.randrange(len(ends))] = random.choice(names)
    elif random.random() < 0.5:
        ends.append(random.choice(names))
    else:
        nodes.append(_copy(node))
    return bytes(model.SerializeToString())


def renamed(model: Any, random: Random) -> bytes:
    """Make an operator another one, of ONNX or of nobody, or leave out its attributes."""
    from onnx import defs

    model = _copy(model)
    node = random.choice(model.graph.node)
    if random.random() < 0.3:
        del node.attribute[:]
    else:
        schema = random.choice(defs.get_all_schemas())
        node.op_type, node.domain = schema.name, schema.domain
        if random.random() < 0.2:
            node.domain = random.choice(("mine", "com.microsoft", "\x1b[31m\n"))
    return bytes(model.SerializeToString())
