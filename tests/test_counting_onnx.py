from __future__ import annotations

import re
import warnings
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from netscore.counting import Count, CountWarning, count

pytest.importorskip("onnx", reason="onnx is not installed (extra onnx)")
pytest.importorskip("onnx_tool", reason="onnx-tool is not installed (extra onnx)")

import onnx
import onnx.parser
from onnx import TensorProto, helper, numpy_helper

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from cli_runs import Runner

    Shape = Sequence[int | str] | None

FLOAT = TensorProto.FLOAT


def model_of(
    nodes: Sequence[Any],
    inputs: Mapping[str, Shape],
    stored: Mapping[str, Any] | None = None,
    *,
    outputs: Sequence[str] = ("y",),
    kinds: Mapping[str, int] | None = None,
    **options: Any,
) -> Any:
    """Return a ModelProto; a stored tensor is an array, or the shape of one of zeros."""
    arrays = {
        name: np.zeros(value, np.float32) if isinstance(value, tuple) else value
        for name, value in (stored or {}).items()
    }
    graph = helper.make_graph(
        nodes,
        "graph",
        [
            helper.make_tensor_value_info(name, (kinds or {}).get(name, FLOAT), shape)
            for name, shape in inputs.items()
        ],
        [onnx.ValueInfoProto(name=name) for name in outputs],
        [numpy_helper.from_array(array, name) for name, array in arrays.items()],
    )
    options.setdefault("opset_imports", [helper.make_opsetid("", 18)])
    return helper.make_model(graph, **options)


def node(operator: str, inputs: str, outputs: str = "y", **attributes: Any) -> Any:
    return helper.make_node(operator, inputs.split(), outputs.split(), **attributes)


def foreign(operator: str, inputs: str, outputs: str = "y", **options: Any) -> Any:
    domain = options.pop("domain", "com.microsoft")
    return helper.make_node(operator, inputs.split(), outputs.split(), domain=domain, **options)


def quiet(model: Any, *inputs: Any) -> Count:
    """Count a network so small that macs or batch size may look odd."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CountWarning)
        return count(model, *inputs)


U8 = np.zeros((), np.uint8)
ONE = np.ones((), np.float32)


@pytest.mark.parametrize(
    ("operator", "shapes", "stored", "macs", "params"),
    [
        # 3 x 3 outputs of 4 channels, over 3 channels of 3 x 3.
        (node("Conv", "x w"), [(1, 3, 5, 5)], {"w": (4, 3, 3, 3)}, 9 * 4 * 27, 108),
        # A bias adds and does not multiply.
        (node("Conv", "x w b"), [(1, 3, 5, 5)], {"w": (4, 3, 3, 3), "b": (4,)}, 9 * 4 * 27, 112),
        # 4 groups of one channel; stride 2 with padding 1 gives 3 x 3 again.
        (
            node("Conv", "x w", group=4, strides=[2, 2], pads=[1, 1, 1, 1]),
            [(1, 4, 5, 5)],
            {"w": (8, 1, 3, 3)},
            9 * 8 * 9,
            72,
        ),
        # With SAME padding, as TensorFlow has it, 3 x 3 x 3 outputs of a volume of 5 x 5 x 5.
        (
            node("Conv", "x w", auto_pad="SAME_UPPER", strides=[2, 2, 2]),
            [(1, 2, 5, 5, 5)],
            {"w": (4, 2, 3, 3, 3)},
            27 * 4 * 2 * 27,
            216,
        ),
        (
            node("Conv", "x w", dilations=[2], group=2),
            [(1, 4, 9)],
            {"w": (6, 2, 3)},
            5 * 6 * 2 * 3,
            36,
        ),
        # Each of the 25 inputs of each channel meets each of the 3 x 3 weights of 4 outputs.
        (
            node("ConvTranspose", "x w b", strides=[2, 2]),
            [(1, 3, 5, 5)],
            {"w": (3, 4, 3, 3), "b": (4,)},
            25 * 3 * 4 * 9,
            112,
        ),
        (
            node("ConvTranspose", "x w", group=3),
            [(1, 3, 5, 5)],
            {"w": (3, 2, 3, 3)},
            25 * 3 * 2 * 9,
            54,
        ),
        (node("Gemm", "x w b", transB=1), [(1, 6)], {"w": (5, 6), "b": (5,)}, 30, 35),
        (node("Gemm", "x w"), [(1, 6)], {"w": (6, 5)}, 30, 30),
        (node("Gemm", "x w b"), [(2, 6)], {"w": (6, 5), "b": (2, 1)}, 60, 32),
        (node("Gemm", "x w", transA=1), [(6, 1)], {"w": (6, 5)}, 30, 30),
        (node("MatMul", "x w"), [(1, 7, 6)], {"w": (6, 5)}, 7 * 6 * 5, 30),
        (node("MatMul", "x w"), [(6,)], {"w": (6, 5)}, 30, 30),
        # Queries and keys of two heads.
        (node("MatMul", "x k"), [(1, 2, 5, 8), (1, 2, 8, 7)], {}, 2 * 5 * 8 * 7, 0),
        # One set of keys for all heads.
        (node("MatMul", "x k"), [(1, 2, 5, 8), (8, 7)], {}, 2 * 5 * 8 * 7, 0),
        (node("MatMul", "k x"), [(1, 2, 5, 8), (7, 5)], {}, 2 * 7 * 5 * 8, 0),
        # Vectors.
        (node("MatMul", "x w"), [(1, 6)], {"w": (6,)}, 6, 6),
        (node("MatMul", "x k"), [(6,), (6,)], {}, 6, 0),
        # Each letter once: 2 x 5 x 8 x 7.
        (node("Einsum", "x k", equation="bid, bjd -> bij"), [(2, 5, 8), (2, 7, 8)], {}, 560, 0),
        # The first dimension is 3 in one operand and 1, for each of them, in the other.
        (node("Einsum", "x k", equation="...i,...ij->...j"), [(3, 6), (1, 6, 5)], {}, 90, 0),
        # From left to right: 2 x 3 x 4, and then 2 x 4 x 5.
        (
            node("Einsum", "x v w", equation="bi,ij,jk->bk"),
            [(2, 3)],
            {"v": (3, 4), "w": (4, 5)},
            24 + 40,
            12 + 20,
        ),
        # The first two are scaled, 3 x 4 numbers, and then meet 5 columns.
        (node("Einsum", "x k w", equation="...i,i,ij"), [(3, 4), (4,)], {"w": (4, 5)}, 60, 20),
        # 7 steps of 4 gates, each from 6 inputs and 5 states; the bias adds. Where the states begin
        # is no parameter.
        (
            helper.make_node("LSTM", ["x", "w", "r", "b", "", "h"], ["y"], hidden_size=5),
            [(7, 1, 6)],
            {"w": (1, 20, 6), "r": (1, 20, 5), "b": (1, 40), "h": (1, 1, 5)},
            7 * 20 * 11,
            20 * 11 + 40,
        ),
        # 3 gates in both directions, 2 sequences.
        (
            node("GRU", "x w r", hidden_size=5, direction="bidirectional"),
            [(7, 2, 6)],
            {"w": (2, 15, 6), "r": (2, 15, 5)},
            2 * 7 * 2 * 15 * 11,
            2 * 15 * 11,
        ),
        (
            node("RNN", "x w r", hidden_size=5),
            [(7, 1, 6)],
            {"w": (1, 5, 6), "r": (1, 5, 5)},
            7 * 5 * 11,
            55,
        ),
    ],
    ids=lambda value: value.op_type if hasattr(value, "op_type") else None,
)
def test_operators_worked_by_hand(
    operator: Any,
    shapes: list[tuple[int, ...]],
    stored: dict[str, tuple[int, ...]],
    macs: int,
    params: int,
) -> None:
    inputs = dict(zip(("x", "k"), shapes))
    found = quiet(model_of([operator], inputs, stored))
    assert (found.macs, found.params, found.trainable_params) == (macs, params, None)
    assert (found.counts, found.leaves_out) == ((operator.op_type,), ())
    assert found.input_shapes == tuple(shapes)
    assert found.counter.startswith("onnx-tool ")


@pytest.mark.parametrize(
    ("operator", "shape", "weight", "macs"),
    [
        (node("ConvInteger", "x w"), (1, 3, 5, 5), (4, 3, 3, 3), 9 * 4 * 27),
        (node("MatMulInteger", "x w"), (1, 7, 6), (6, 5), 7 * 6 * 5),
        (node("QLinearConv", "x s z w s z s z b"), (1, 3, 5, 5), (4, 3, 3, 3), 9 * 4 * 27),
        (node("QLinearMatMul", "x s z w s z s z"), (1, 7, 6), (2, 6, 5), 2 * 7 * 6 * 5),
    ],
)
def test_quantised_operators(
    operator: Any, shape: tuple[int, ...], weight: tuple[int, ...], macs: int
) -> None:
    stored = {"w": np.zeros(weight, np.uint8), "s": ONE, "z": U8, "b": np.zeros(4, np.int32)}
    model = model_of([operator], {"x": shape}, stored, kinds={"x": TensorProto.UINT8})
    found = quiet(model)
    bias = 4 if "b" in operator.input else 0
    assert (found.macs, found.params) == (macs, np.prod(weight) + bias)


def perceptron(**options: Any) -> Any:
    return model_of(
        [node("Gemm", "x v b", "h"), node("Relu", "h", "r"), node("MatMul", "r w")],
        {"x": (1, 8)},
        {"v": (8, 16), "b": (16,), "w": (16, 4)},
        **options,
    )


def test_a_model_from_memory_or_from_a_file(tmp_path: Path) -> None:
    model = perceptron()
    before = model.SerializeToString(deterministic=True)
    found = count(model)
    assert (found.params, found.macs) == (8 * 16 + 16 + 16 * 4, 8 * 16 + 16 * 4)
    assert found.counts == ("Gemm", "MatMul")
    assert found.leaves_out == ("Relu",)
    assert model.SerializeToString(deterministic=True) == before
    path = tmp_path / "model.onnx"
    onnx.save(model, path)
    assert count(path) == found
    assert count(str(path)) == found


def test_the_parameters_are_what_operators_read() -> None:
    nodes = [
        node("Conv", "x w", "c"),
        node("BatchNormalization", "c scale shift mean var", "n"),
        node("Clip", "n zero six", "r"),
        helper.make_node(
            "Constant", [], ["slope"], value=numpy_helper.from_array(np.ones((4, 1, 1), np.float32))
        ),
        helper.make_node("Constant", [], ["two"], value_float=2.0),
        node("PRelu", "r slope", "p"),
        helper.make_node(
            "Constant", [], ["half"], value=numpy_helper.from_array(np.array([0.5], np.float32))
        ),
        node("Mul", "p two", "t"),
        node("Mul", "t half", "m"),
        node("Reshape", "m shape"),
    ]
    stored = {
        "w": (4, 3, 3, 3),
        **dict.fromkeys(("scale", "shift", "mean", "var"), (4,)),
        "zero": np.zeros((), np.float32),
        "six": np.full((), 6, np.float32),
        "shape": np.array([1, -1]),
        "unread": (1000,),
    }
    found = count(model_of(nodes, {"x": (1, 3, 5, 5)}, stored))
    # Weights, scale and shift, slope; no statistics, limits, shapes.
    assert (found.params, found.macs) == (108 + 8 + 4, 9 * 4 * 27)
    assert found.leaves_out == ("BatchNormalization", "Clip", "Mul", "PRelu")


def test_weights_beside_the_file_are_not_needed(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    onnx.save(perceptron(), path, save_as_external_data=True, location="w", size_threshold=0)
    (tmp_path / "w").unlink()
    assert count(path).macs == 192


def test_weights_are_not_copied() -> None:
    weight = TensorProto(name="w", data_type=FLOAT, dims=(10**6, 10**6))
    model = model_of([node("MatMul", "x w")], {"x": (1, 10**6)})
    model.graph.initializer.append(weight)
    found = count(model)
    assert (found.params, found.macs) == (10**12, 10**12)


def test_files_of_the_oldest_version_list_weights_among_the_inputs() -> None:
    model = model_of(
        [node("MatMul", "x w")], {"x": (1, 6), "w": (6, 5)}, {"w": (6, 5)}, ir_version=3
    )
    assert (count(model).macs, count(model).input_shapes) == (30, ((1, 6),))


def test_shapes_that_the_graph_computes() -> None:
    # The shape is that of the input, from 1 x 4 x 6 to 4 x 6.
    nodes = [
        node("Shape", "x", "s"),
        node("Slice", "s one three", "t"),
        node("Reshape", "x t", "m"),
        node("MatMul", "m w"),
    ]
    stored = {"one": np.array([1]), "three": np.array([3]), "w": (6, 5)}
    assert count(model_of(nodes, {"x": (1, 4, 6)}, stored)).macs == 4 * 6 * 5


@pytest.mark.parametrize("operator", ["Shape", "Size"])
def test_the_shape_of_what_has_none_is_unknown(operator: str) -> None:
    # How many are kept depends on what x holds, and is no shape of a single number.
    nodes = [
        node("Cast", "x", "c", to=onnx.TensorProto.BOOL),
        node("Reshape", "c all", "d"),
        node("Compress", "x d", "k", axis=0),
        node(operator, "k", "s", **({"start": 0, "end": 1} if operator == "Shape" else {})),
        *([node("Reshape", "s all", "t")] if operator == "Size" else [node("Identity", "s", "t")]),
        node("Concat", "t eight", "v", axis=0),
        node("Expand", "q v", "r"),
        node("MatMul", "r w"),
    ]
    stored = {"all": np.array([-1]), "eight": np.array([8]), "q": (1, 8), "w": (8, 4)}
    with pytest.raises(ValueError, match="the shape of r, of MatMul y, does not follow from the"):
        count(model_of(nodes, {"x": (100,)}, stored))


def test_local_functions_are_counted_where_they_are_called() -> None:
    function = helper.make_function(
        "local", "Twice", ["a", "w"], ["c"],
        [node("MatMul", "a w", "b"), node("MatMul", "b w", "c")],
        [helper.make_opsetid("", 18)],
    )  # fmt: skip
    model = model_of(
        [helper.make_node("Twice", ["x", "w"], ["y"], domain="local")],
        {"x": (1, 6)},
        {"w": (6, 6)},
        functions=[function],
        opset_imports=[helper.make_opsetid("", 18), helper.make_opsetid("local", 1)],
    )
    found = count(model)
    assert (found.params, found.macs, found.counts) == (36, 72, ("MatMul",))


LOCAL = [helper.make_opsetid("", 18), helper.make_opsetid("com.microsoft", 1)]


def local(body: Sequence[Any], **options: Any) -> Any:
    return helper.make_function(
        "local", "Layer", ["a"], ["b"], body, options.pop("sets", LOCAL), **options
    )


def calls(function: Any, shape: tuple[int, ...], options: Sequence[Mapping[str, Any]]) -> Any:
    """Return a model that calls a function several times, each time with other attributes."""
    names = ["x", *(f"h{at}" for at in range(len(options) - 1)), "y"]
    nodes = [
        foreign("Layer", *pair, domain="local", **each)
        for pair, each in zip(pairwise(names), options)
    ]
    sets = [*LOCAL, helper.make_opsetid("local", 1)]
    return model_of(nodes, {"x": shape}, functions=[function], opset_imports=sets)


def constant(name: str, array: Any) -> Any:
    return helper.make_node("Constant", [], [name], value=numpy_helper.from_array(array))


def test_a_constant_of_a_function_is_one_however_often_it_is_called() -> None:
    square = np.arange(25, dtype=np.float32).reshape(5, 5)
    shift = helper.make_node("Constant", [], ["s"], value_floats=[1.0, 2.0, 3.0, 4.0, 5.0])
    layer = local(
        [constant("k", square), shift, node("MatMul", "a k", "m"), node("Add", "m s", "b")]
    )
    found = count(calls(layer, (1, 5), [{}, {}]))
    assert (found.params, found.macs) == (25 + 5, 50)
    # Packed, 64 by 64 numbers of 4 bits.
    packed = np.full((64, 2, 16), 17, np.uint8)
    layer = local(
        [
            constant("w", packed),
            constant("s", np.ones(128, np.float32)),
            foreign("MatMulNBits", "a w s", "b", K=64, N=64, bits=4, block_size=32),
        ]
    )
    found = count(calls(layer, (1, 64), [{}, {}]))
    assert (found.params, found.macs) == (64 * 64, 2 * 64 * 64)


def test_a_constant_that_a_call_gives_is_one_of_the_call() -> None:
    chosen = helper.make_node("Constant", [], ["k"])
    chosen.attribute.add(name="value", ref_attr_name="k", type=onnx.AttributeProto.TENSOR)
    layer = local([chosen, node("MatMul", "a k", "b")], attributes=["k"])
    given = [numpy_helper.from_array(np.full((5, 5), at, np.float32)) for at in range(2)]
    found = count(calls(layer, (1, 5), [{"k": each} for each in given]))
    assert (found.params, found.macs) == (50, 50)


def test_constants_of_the_graph_are_apart_whatever_is_said_of_them() -> None:
    nodes = [
        constant("v", np.ones((5, 6), np.float32)),
        constant("w", np.ones((6, 5), np.float32)),
        node("MatMul", "x v", "h"),
        node("MatMul", "h w"),
    ]
    nodes[0].doc_string = nodes[1].doc_string = "model.py(7): forward"
    assert count(model_of(nodes, {"x": (1, 5)})).params == 60


def test_a_function_of_another_version_is_converted() -> None:
    # Up to version 12, ReduceSum had its axes as an attribute.
    layer = local(
        [node("ReduceSum", "a", "s", axes=[1], keepdims=1), node("MatMul", "a s", "b")],
        sets=[helper.make_opsetid("", 11)],
    )
    # From 4 x 4, each row with the column of sums.
    assert quiet(calls(layer, (4, 4), [{}])).macs == 16
    # Sets of others are not.
    layer = local([foreign("Gelu", "a", "b")], sets=[helper.make_opsetid("com.microsoft", 2)])
    with pytest.raises(ValueError, match=r"\Acount: the function local\.Layer .* other versio"):
        count(calls(layer, (4, 4), [{}]))


def test_a_split_into_another_number_of_parts_is_refused() -> None:
    """Without a word of ours, onnx reads past the end of a list, which may end the process."""
    split = node("Split", "a", "b c d", axis=1, num_outputs=2)
    inside = body([node("Identity", "x", "a"), split], {})
    condition = {"c": np.array(True)}
    for model in (
        model_of([node("Split", "x", "y c d", num_outputs=2)], {"x": (14, 6)}),
        model_of([node("If", "c", then_branch=inside, else_branch=inside)], {"x": (1,)}, condition),
        *(calls(local([split], sets=[helper.make_opsetid("", n)]), (1, 6), [{}]) for n in (18, 20)),
    ):
        with pytest.raises(
            ValueError, match=r" Split [by] do not fit: num_outputs 2 and 3 results"
        ):
            count(model)
    # 4 x 2 numbers with as many: a call says how many parts there are.
    split.attribute.pop()
    split.attribute.add(name="num_outputs", ref_attr_name="k", type=onnx.AttributeProto.INT)
    split.output[:] = "p", "q", "r"
    nodes = [split, node("Transpose", "q", "t"), node("MatMul", "p t", "b")]
    assert quiet(calls(local(nodes, attributes=["k"]), (4, 6), [{"k": 3}])).macs == 4 * 2 * 4


def test_an_operator_whose_input_is_missing_or_unknown() -> None:
    """Without a type to read, onnx ends the process."""
    for operator in ("EyeLike", "RegexFullMatch"):
        missing = helper.make_node(operator, [""], ["y"])
        with pytest.raises(ValueError, match=rf" of {operator} y do not fit: no input\Z"):
            count(model_of([missing], {"x": (1, 6)}))
    nodes = [
        foreign("ExpandDims", "x axis", "e"),
        node("EyeLike", "e", "i", dtype=FLOAT),
        node("MatMul", "x w"),
    ]
    stored = {"axis": np.array(0, np.int32), "w": (6, 5)}
    assert count(model_of(nodes, {"x": (1, 6)}, stored, outputs=("i", "y"))).macs == 30


# Open dimensions


def open_model(shape: Shape) -> Any:
    return model_of([node("MatMul", "x w")], {"x": shape}, {"w": (6, 5)})


@pytest.mark.parametrize("shape", [("batch", 6), ("batch", "features"), (-1, 6), None])
def test_an_open_dimension_is_fixed_by_an_example(shape: Shape) -> None:
    found = count(open_model(shape), np.zeros((1, 6)))
    assert (found.macs, found.input_shapes) == (30, ((1, 6),))


def test_an_open_dimension_without_an_example() -> None:
    with pytest.raises(
        ValueError,
        match=r"\Acount: the ONNX model leaves the shape of its input x open, \(batch, \?, 6\): ",
    ):
        count(open_model(("batch", -1, 6)))
    with pytest.raises(ValueError, match=r"its input x open, \(\): pass example inputs\Z"):
        count(open_model(None))


def test_examples_must_fit() -> None:
    with pytest.raises(ValueError, match=r"takes 1 input \(x\), got 2\Z"):
        count(open_model((1, 6)), np.zeros((1, 6)), np.zeros((1, 6)))
    for wrong in ((1, 7), (1, 1, 6), (1, 6, 1), (6,), (1,)):
        with pytest.raises(ValueError, match=r"x of the ONNX model has the shape \(batch, 6\), g"):
            count(open_model(("batch", 6)), np.zeros(wrong))
    with pytest.raises(TypeError, match=r"\Acount: example inputs must be arrays, got \(1, 6\)\Z"):
        count(open_model(("batch", 6)), (1, 6))


def test_an_input_that_is_no_tensor() -> None:
    model = model_of([node("SequenceAt", "s i")], {}, {"i": np.zeros((), np.int64)})
    sequence = helper.make_tensor_sequence_value_info("s", FLOAT, [1, 2])
    model.graph.input.append(sequence)
    with pytest.raises(ValueError, match="leaves the shape of its input s open"):
        count(model)


# What cannot be counted


@pytest.mark.parametrize(
    ("operator", "named"),
    [
        (node("DFT", "x"), "DFT"),
        (node("STFT", "x s"), "STFT"),
        (node("Einsum", "x x x", equation="i,i-"), "Einsum"),
        (node("NoOperatorOfOnnx", "x"), "NoOperatorOfOnnx"),
        (helper.make_node("Attention", ["x", "w"], ["y"], domain="com.microsoft"),
         "com.microsoft.Attention"),
        # As Conv, it would take the height for the channels.
        (node("QLinearConv", "x s z w s z s z", domain="com.microsoft", channels_last=1),
         "com.microsoft.QLinearConv"),
        (node("QLinearGlobalAveragePool", "x s z s z", domain="com.microsoft", channels_last=1),
         "com.microsoft.QLinearGlobalAveragePool"),
        (helper.make_node("LinearRegressor", ["x"], ["y"], domain="ai.onnx.ml"),
         "ai.onnx.ml.LinearRegressor"),
        (helper.make_node("Gelu", ["x"], ["y"], domain="mine"), "mine.Gelu"),
    ],
)  # fmt: skip
def test_products_that_onnx_tool_does_not_count_are_refused(operator: Any, named: str) -> None:
    model = model_of([node("MatMul", "x w", "m"), operator], {"x": (1, 6)}, {"w": (6, 5)})
    with pytest.raises(ValueError) as error:
        count(model)
    assert str(error.value) == (
        f"count: onnx-tool does not count the multiply-accumulates of {named}; count the model in "
        "the framework that made it"
    )


def test_what_onnx_runtime_saves_for_one_processor_is_refused() -> None:
    operator = foreign("Conv", "x w", domain="com.microsoft.nchwc")
    text = r"of com\.microsoft\.nchwc\.Conv; save it with ORT_ENABLE_EXTENDED\Z"
    with pytest.raises(ValueError, match=text):
        count(model_of([operator], {"x": (1, 8, 5, 5)}, {"w": (8, 8, 3, 3)}))


def branches(condition: Mapping[str, Shape], stored: Mapping[str, Any], first: Any) -> Any:
    then, other = (
        helper.make_graph(
            [n],
            "b",
            [],
            [onnx.ValueInfoProto(name=n.output[0])],
            [numpy_helper.from_array(np.zeros((6, 5), np.float32), f"w{n.output[0]}")],
        )
        for n in (first, node("Identity", "x", "o"))
    )
    return model_of(
        [node("If", "c", then_branch=then, else_branch=other)],
        {"x": (1, 6), **condition},
        stored,
        kinds={"c": TensorProto.BOOL},
    )


def test_a_branch_is_counted_if_it_is_known_which_one_runs() -> None:
    product = node("MatMul", "x wt", "t")
    for runs, figures in ((True, (30, 30)), (False, (0, 0))):
        found = quiet(branches({}, {"c": np.array(runs)}, product))
        assert (found.macs, found.params) == figures
    with pytest.raises(ValueError, match="does not count the multiply-accumulates of If; count"):
        count(branches({"c": ()}, {}, product))
    found = quiet(branches({"c": ()}, {}, node("Relu", "x", "t")))
    assert (found.macs, found.leaves_out) == (0, ("If",))


def body(nodes: Sequence[Any], stored: Mapping[str, Any], inputs: Sequence[Any] = ()) -> Any:
    """Return a graph inside a node, which returns what its last node does."""
    arrays = [numpy_helper.from_array(np.zeros(v, np.float32), k) for k, v in stored.items()]
    results = [onnx.ValueInfoProto(name=name) for name in nodes[-1].output]
    return helper.make_graph(nodes, "body", inputs, results, arrays)


def test_parameters_in_branches_count_whichever_runs() -> None:
    tables = node(
        "If",
        "c",
        "e",
        then_branch=body([node("Gather", "t x", "r")], {"t": (1000, 6)}),
        else_branch=body([node("Gather", "t x", "r")], {"t": (1000, 6)}),
    )
    kinds = {"x": INT64, "c": TensorProto.BOOL}
    nodes = [tables, node("MatMul", "e w")]
    found = quiet(model_of(nodes, {"x": (1, 7), "c": ()}, {"w": (6, 3)}, kinds=kinds))
    assert (found.params, found.embedding_params, found.macs) == (12018, 12000, 7 * 18)
    # 7 biases in each; beside them limits of Clip, which are none.
    limit = helper.make_node("Constant", [], ["m"], value_float=1.0)
    biases = node(
        "If",
        "c",
        then_branch=body([node("Add", "h b", "r")], {"b": (7,)}),
        else_branch=body([limit, node("Add", "h b", "s"), node("Clip", "s m", "r")], {"b": (7,)}),
    )
    nodes = [node("MatMul", "x w", "h"), biases]
    found = quiet(model_of(nodes, {"x": (1, 5), "c": ()}, {"w": (5, 7)}, kinds={"c": kinds["c"]}))
    assert (found.params, found.macs, found.leaves_out) == (49, 35, ("If",))


def test_a_branch_that_may_not_run_need_not_fit() -> None:
    then = body([node("Squeeze", "h one", "r")], {})
    nodes = [
        node("MatMul", "x w", "h"),
        node("If", "c", then_branch=then, else_branch=body([node("Identity", "h", "r")], {})),
    ]
    stored = {"w": (5, 7), "one": np.array([1])}
    model = model_of(nodes, {"x": (1, 5), "c": ()}, stored, kinds={"c": TensorProto.BOOL})
    assert quiet(model).macs == 35


def test_parameters_in_loops_count() -> None:
    value = helper.make_tensor_value_info
    inputs = [value("i", INT64, ()), value("go", TensorProto.BOOL, ()), value("v", FLOAT, None)]
    slope = numpy_helper.from_array(np.ones(7, np.float32))
    nodes = [
        helper.make_node("Constant", [], ["slope"], value=slope),
        node("PRelu", "v slope", "p"),
        node("BatchNormalization", "p b b mean var", "q"),
        node("Identity", "go", "on"),
        node("Identity", "q", "r"),
    ]
    loop = body(nodes, {"b": (7,), "mean": (7,), "var": (7,)}, inputs)
    loop.output.insert(0, onnx.ValueInfoProto(name="on"))
    nodes = [node("MatMul", "x w", "h"), helper.make_node("Loop", ["n", "", "h"], ["y"], body=loop)]
    found = quiet(model_of(nodes, {"x": (1, 5)}, {"w": (5, 7), "n": np.array(3)}))
    # Of the loop the slopes and what shifts and scales, not the statistics.
    assert (found.params, found.macs) == (35 + 7 + 7, 35)


@pytest.mark.parametrize("declared", [(1, 8), (3, 8), None])
def test_what_a_loop_carries_may_keep_its_shape(declared: Shape) -> None:
    value = helper.make_tensor_value_info
    inputs = [value("i", INT64, ()), value("go", TensorProto.BOOL, ()), value("v", FLOAT, declared)]
    loop = body([node("Identity", "go", "on"), node("Add", "v b", "r")], {"b": (8,)}, inputs)
    loop.output.insert(0, onnx.ValueInfoProto(name="on"))
    loop.output[1].CopyFrom(value("r", FLOAT, declared))
    nodes = [helper.make_node("Loop", ["n", "", "x"], ["h"], body=loop), node("MatMul", "h w")]
    model = model_of(nodes, {"x": (1, 8)}, {"w": (8, 8), "n": np.array(3)})
    if declared == (1, 8):
        found = quiet(model)
        assert (found.params, found.macs) == (8 + 64, 64)
        return
    text = (
        r"\Acount: the shape of h, of MatMul y, does not follow from the ONNX model; count the "
        r"model in the framework that made it\Z"
    )
    with pytest.raises(ValueError, match=text):
        count(model)


def test_branches_may_use_the_same_names_for_different_things() -> None:
    def layer(x: str, y: str, shape: tuple[int, ...]) -> Any:
        then = body([node("MatMul", f"{x} w", "m"), node("Relu", "m", "r")], {"w": shape})
        other = body([node("Identity", x, "r")], {"w": (9,)})
        return node("If", "c", y, then_branch=then, else_branch=other)

    nodes = [layer("x", "h", (5, 7)), layer("h", "y", (7, 5))]
    found = count(model_of(nodes, {"x": (1, 5)}, {"c": np.array(True)}))
    assert (found.params, found.macs) == (70, 70)


def test_a_shape_that_depends_on_values() -> None:
    model = model_of(
        [node("NonZero", "x", "n"), node("Cast", "n", "f", to=FLOAT), node("MatMul", "w f")],
        {"x": (1, 6)},
        {"w": (5, 2)},
    )
    with pytest.raises(
        ValueError,
        match=r"\Acount: the shape of f, of MatMul y, does not fol.*; fold its constants",
    ):
        count(model)


def test_shapes_that_do_not_fit() -> None:
    with pytest.raises(
        ValueError, match=r"\Acount: the shapes of the ONNX model do not fit: "
    ) as e:
        count(model_of([node("MatMul", "x w")], {"x": (1, 7)}, {"w": (6, 5)}))
    assert "\n" not in str(e.value)


@pytest.mark.parametrize(
    ("operator", "shape", "stored"),
    [
        # 5 columns meet 6 rows.
        (node("Einsum", "x w", equation="bi,ij->bj"), (1, 5), {"w": (6, 7)}),
        # 4 channels meet groups of 4, two of them; none; 5 weights in 2 groups; 5 channels.
        (node("Conv", "x w", group=2), (1, 4, 5, 5), {"w": (6, 4, 3, 3)}),
        (node("Conv", "x w", group=0), (1, 4, 5, 5), {"w": (6, 4, 3, 3)}),
        (node("Conv", "x w", group=2), (1, 4, 5, 5), {"w": (5, 2, 3, 3)}),
        (node("ConvTranspose", "x w"), (1, 4, 5, 5), {"w": (5, 6, 3, 3)}),
        # The weights are 3 x 3.
        (node("Conv", "x w", kernel_shape=[5, 5]), (1, 4, 5, 5), {"w": (6, 4, 3, 3)}),
        # 5 biases meet 6 channels, or 7 columns; 2 rows meet 1.
        (node("Conv", "x w b"), (1, 4, 5, 5), {"w": (6, 4, 3, 3), "b": (5,)}),
        (node("Gemm", "x w b"), (1, 6), {"w": (6, 7), "b": (5,)}),
        (node("Gemm", "x w b"), (1, 6), {"w": (6, 7), "b": (2, 7)}),
        # 5 inputs meet weights of 6; 8 states those of 7; 4 gates the weights of 3; two ways one.
        (node("LSTM", "x w r", hidden_size=8), (7, 1, 5), {"w": (1, 32, 6), "r": (1, 32, 8)}),
        (node("LSTM", "x w r", hidden_size=8), (7, 1, 5), {"w": (1, 32, 5), "r": (1, 32, 7)}),
        (node("LSTM", "x w r"), (7, 1, 5), {"w": (1, 24, 5), "r": (1, 24, 8)}),
        (
            node("GRU", "x w r", hidden_size=8, direction="bidirectional"),
            (7, 1, 5),
            {"w": (1, 24, 5), "r": (1, 24, 8)},
        ),
        # 8 heads of 130 numbers; 2 heads of 3 and of 4; 3 heads share 2; no heads.
        (node("Attention", "x x x", q_num_heads=8, kv_num_heads=8), (1, 5, 130), {}),
        (node("Attention", "x w w"), (1, 2, 5, 3), {"w": (1, 2, 5, 4)}),
        (node("Attention", "x w w"), (1, 3, 5, 4), {"w": (1, 2, 5, 4)}),
        (node("Attention", "x x w"), (1, 2, 5, 4), {"w": (1, 2, 6, 4)}),
        (foreign("MultiHeadAttention", "x x x", num_heads=0), (1, 5, 32), {}),
        (foreign("MultiHeadAttention", "x", num_heads=0), (1, 5, 4, 3, 8), {}),
    ],
    ids=lambda value: value.op_type if hasattr(value, "op_type") else None,
)
def test_a_product_whose_operands_do_not_fit(
    operator: Any, shape: tuple[int, ...], stored: Mapping[str, Any]
) -> None:
    sets = [helper.make_opsetid("", 23), helper.make_opsetid("com.microsoft", 1)]
    model = model_of([operator], {"x": shape}, stored, opset_imports=sets)
    with pytest.raises(ValueError) as error:
        count(model)
    shapes = " and ".join(str({"x": shape, **stored}[name]) for name in operator.input)
    assert str(error.value) == (
        f"count: the shapes and attributes of {operator.op_type} y do not fit: {shapes}"
    )


IMAGE, PIXEL = (1, 3, 5, 5), (1, 3, 1, 1)


@pytest.mark.parametrize(
    ("operator", "shape", "stored", "said"),
    [
        # A length that an exporter wrote down; with a dimension kept; channels in fours.
        (node("Reshape", "x s"), (1, 14, 6), {"s": np.array([1, 18, 6])},
         "Reshape y makes (1, 18, 6) of (1, 14, 6)"),
        (node("Reshape", "x s"), (1, 14, 6), {"s": np.array([0, 18, 6])},
         "Reshape y makes (1, 18, 6) of (1, 14, 6)"),
        (node("Reshape", "x s", allowzero=1), (1, 14, 6), {"s": np.array([0, 14, 6])},
         "Reshape y makes (0, 14, 6) of (1, 14, 6)"),
        (node("DepthToSpace", "x", blocksize=2), (1, 6, 5, 5), {},
         "DepthToSpace y makes (1, 1, 10, 10) of (1, 6, 5, 5)"),
        (node("SpaceToDepth", "x", blocksize=2), IMAGE, {},
         "SpaceToDepth y makes (1, 12, 2, 2) of (1, 3, 5, 5)"),
        # Places 0 to 9, or -10 to -1 from the end.
        (node("Gather", "x i", axis=1), (1, 10, 6), {"i": np.array([[9, 10, 11]])},
         "Gather y looks up place 10 in a table of 10"),
        (node("Gather", "x i", axis=1), (1, 10, 6), {"i": np.array(-11)},
         "Gather y looks up place -11 in a table of 10"),
        # 1 + 2 x (3 - 1) pixels are needed; 1; 2 and none at the border.
        (node("Conv", "x w", dilations=[2, 2]), (1, 3, 5, 4), {"w": (4, 3, 3, 3)},
         "Conv y moves a window of (3, 3) over (1, 3, 5, 4)"),
        (node("MaxPool", "x", kernel_shape=[2, 2], strides=[2, 2]), PIXEL, {},
         "MaxPool y moves a window of (2, 2) over (1, 3, 1, 1)"),
        (node("AveragePool", "x", kernel_shape=[5, 3], pads=[1, 1, 1, 1], ceil_mode=1), PIXEL, {},
         "AveragePool y moves a window of (5, 3) over (1, 3, 1, 1)"),
    ],
)  # fmt: skip
def test_an_input_that_the_model_does_not_take(
    operator: Any, shape: tuple[int, ...], stored: Mapping[str, Any], said: str
) -> None:
    sets = [helper.make_opsetid("", 19)]
    with pytest.raises(ValueError) as error:
        count(model_of([operator], {"x": shape}, stored, opset_imports=sets))
    assert str(error.value) == (
        f"count: the ONNX model does not take inputs of these shapes: {said}; pass those it was "
        "exported with, or export it with these, or with dynamic shapes by "
        "torch.onnx.export(..., dynamo=True)"
    )


@pytest.mark.parametrize(
    ("operator", "shape", "stored", "macs"),
    [
        (node("Reshape", "x s", "h"), (2, 3, 6), {"s": np.array([-1, 0, 6])}, 2 * 3 * 30),
        # Nothing, as in a cache that is still empty.
        (node("Reshape", "x s", "h"), (2, 0, 6), {"s": np.array([-1, 6])}, 0),
        (node("Reshape", "x s", "h", allowzero=1), (0, 5), {"s": np.array([3, 0, 6])}, 0),
        (node("Gather", "x i", "h"), (4, 6), {"i": np.zeros(0, np.int64)}, 0),
        (node("Gather", "x i", "h"), (4, 6), {"i": np.array([-4, 3])}, 2 * 30),
        (node("Conv", "x v", "h", pads=[0, 1, 0, 1]), (1, 3, 0, 6), {"v": (2, 3, 1, 3)}, 0),
        (node("Conv", "x v", "h", auto_pad="SAME_UPPER"), (1, 3, 1, 6), {"v": (2, 3, 3, 3)},
         6 * 2 * 27 + 2 * 30),
        # From 12, windows begin at 0, 2, ..., 10; half of the last is outside.
        (helper.make_node("MaxPool", ["x"], ["h", ""], kernel_shape=[1, 3], strides=[1, 2],
                          ceil_mode=1), (1, 3, 1, 12), {}, 3 * 30),
        # From 9 with a border, at -1, 2, 5, 8; the next would begin outside, at 11.
        (node("AveragePool", "x", "h", kernel_shape=[1, 2], strides=[1, 3], pads=[0, 1, 0, 3],
              ceil_mode=1), (1, 3, 1, 9), {}, 3 * 4 * 5),
    ],
)  # fmt: skip
def test_an_input_that_the_model_takes_though_it_looks_odd(
    operator: Any, shape: tuple[int, ...], stored: Mapping[str, Any], macs: int
) -> None:
    weight = (4, 5) if operator.op_type == "AveragePool" else (6, 5)
    nodes = [operator, node("MatMul", "h w")]
    model = model_of(nodes, {"x": [-1] * len(shape)}, {**stored, "w": weight})
    assert quiet(model, np.zeros(shape)).macs == macs


def test_recurrent_weights_say_how_many_states_there_are() -> None:
    # 4 gates of 8 states, each from 5 inputs and 8 states.
    stored = {"w": (1, 32, 5), "r": (1, 32, 8)}
    assert count(model_of([node("LSTM", "x w r")], {"x": (7, 1, 5)}, stored)).macs == 7 * 32 * 13


def test_a_file_that_is_no_onnx_model(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_text("params,macs\n")
    with pytest.raises(ValueError, match=r"\Acount: .*model\.onnx is not an ONNX model\Z"):
        count(path)
    path.write_bytes(b"")
    with pytest.raises(ValueError, match=r"\Acount: the ONNX model has no operators\Z"):
        count(path)
    with pytest.raises(FileNotFoundError):
        count(tmp_path / "other.onnx")


# Warnings


def test_odd_counts_are_questioned() -> None:
    with pytest.warns(CountWarning, match="macs is 0") as caught:
        count(model_of([node("Relu", "x")], {"x": (1, 6)}))
    assert caught[0].filename == __file__
    nodes = [node("MatMul", "x w", "h"), node("Add", "h b")]
    with pytest.warns(CountWarning, match="macs is 30 and less than the 60 weights outside embed"):
        count(model_of(nodes, {"x": (1, 6)}, {"w": (6, 5), "b": (6, 5)}))
    with pytest.warns(CountWarning, match="the inputs look like a batch of 8, and macs is for all"):
        assert count(open_model((8, 6))).macs == 240


def test_embeddings_multiply_by_none_of_their_weights() -> None:
    model = model_of(
        [node("Gather", "table x", "e"), node("MatMul", "e w")],
        {"x": (1, 7)},
        {"table": (100, 4), "w": (4, 3)},
        kinds={"x": TensorProto.INT64},
    )
    found = count(model)
    assert (found.params, found.macs) == (412, 7 * 4 * 3)


def test_an_error_of_a_file_names_it(run: Runner) -> None:
    said = "netscore: cannot open missing.onnx: No such file or directory\n"
    assert run("count", "missing.onnx") == (2, "", said)


# Shapes that need arithmetic, each worked by hand; x is 1 x 4 x 6 x 6 but for the first.

FUNCTION = """
    <ir_version: 8, opset_import: ["" : {opset}]>
    arithmetic (float[{shape}] x) => (float[] y)
    <{stored}> {{ {body} }}
"""


@pytest.mark.parametrize(
    ("opset", "shape", "stored", "body", "macs"),
    [
        # Twice the size, rounded down, as PyTorch exports interpolate: 12 x 12 outputs.
        (11, "1,4,6,6", "float[5,4,1,1] w, float[2] two = {2, 2}, float[0] e = {},"
         "int64[1] zero = {0}, int64[1] a = {2}, int64[1] b = {4}",
         "s = Shape(x) t = Slice(s, a, b) f = Cast<to = 1>(t) m = Mul(f, two) g = Floor(m)"
         "h = Cast<to = 7>(g) n = Slice(s, zero, a) z = Concat<axis = 0>(n, h)"
         'r = Resize<mode = "nearest">(x, e, e, z) y = Conv(r, w)',
         12 * 12 * 5 * 4),
        # The channels in two groups, mixed, and the second half of them kept.
        (18, "1,4,6,6", "float[5,2,3,3] w, int64 one = {1}, int64 two = {2}, int64[1] u = {1},"
         "int64[1] t = {2}, int64[1] f = {4}, int64[1] rest = {-1}, int64[2] last = {6, 6}",
         "s = Shape(x) c = Gather(s, one) d = Div(c, two) k = Reshape(d, rest)"
         "g = Concat<axis = 0>(u, t, k, last) a = Reshape(x, g)"
         "b = Transpose<perm = [0, 2, 1, 3, 4]>(a) o = Reshape(b, s)"
         "h = Slice(o, k, f, u) y = Conv(h, w)",
         4 * 4 * 5 * 18),
        # A token of a class for each image: the shape through ConstantOfShape and Where.
        (18, "1,4,6", "float[1,1,6] token, float[6,5] w, int64 zero = {0},"
         "int64[1] n = {3}, int64[2] rest = {-1, -1}, int64[1] u = {0}",
         "s = Shape(x) b = Gather(s, zero) v = Unsqueeze(b, u) q = Concat<axis = 0>(v, rest)"
         "o = ConstantOfShape<value = int64[1] {1}>(n) m = Constant<value = int64[1] {-1}>()"
         "i = Equal(q, m) p = Where(i, o, q) e = Expand(token, p)"
         "c = Concat<axis = 1>(e, x) y = MatMul(c, w)",
         5 * 6 * 5),
        # Padding to a multiple of 4: from 6 to 8.
        (18, "1,4,6,6", "float[5,4,4,4] w, int64 three = {3}, int64 four = {4},"
         "int64[2] z, int64[1] u = {0}, int64[7] n",
         "s = Shape(x) a = Gather(s, three) r = Mod(a, four) d = Sub(four, r) m = Mod(d, four)"
         "v = Unsqueeze(m, u) p = Concat<axis = 0>(n, v) q = Pad(x, p)"
         "y = Conv<strides = [2, 2]>(q, w)",
         2 * 3 * 5 * 64),
        # As many rows as there are places that are not zero in what a shape makes.
        (18, "1,4,6", "float[4,5] w, int64[2] rest = {-1, 4}",
         "s = Shape(x) o = ConstantOfShape<value = float[1] {1}>(s) n = NonZero(o)"
         "f = Cast<to = 1>(n) r = Reshape(f, rest) y = MatMul(r, w)",
         3 * 24 // 4 * 4 * 5),
    ],
    ids=["resize", "shuffle", "expand", "pad", "nonzero"],
)  # fmt: skip
def test_shapes_that_need_arithmetic(
    opset: int, shape: str, stored: str, body: str, macs: int
) -> None:
    # A weight without contents is one of zeros.
    stored = re.sub(r"\[([\d,]+)\] (\w+)(?=,|\Z)", zeros, stored)
    text = FUNCTION.format(opset=opset, shape=shape, stored=stored, body=body)
    assert quiet(onnx.parser.parse_model(text)).macs == macs


def zeros(found: re.Match[str]) -> str:
    size = np.prod([int(n) for n in found[1].split(",")])
    return f"{found[0]} = {{{', '.join(['0'] * size)}}}"


def test_the_command_line_says_what_an_onnx_file_lacks(
    tmp_path: Path, run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    onnx.save(
        model_of([node("Conv", "x w")], {"x": ("N", 3, "h", 8)}, {"w": (4, 3, 1, 1)}), "m.onnx"
    )
    result = run("count", "m.onnx")
    assert (result.code, result.out) == (1, "")
    assert result.err == (
        "netscore: m.onnx: the ONNX model leaves the shape of its input x open, (N, 3, h, 8): pass "
        "example inputs; --input [NAME=]SHAPE[:DTYPE] says what a model takes\n"
    )
    result = run("count", "m.onnx", "--input", "x=1,3,8,8")
    assert result.fields["MACs"] == "768"
    # The same network has other parameters in PyTorch if it had a batch normalisation.
    assert result.fields["Note"].startswith("where a batch normalisation was folded into a convol")


# Parameters are the model's


def test_a_tied_embedding_counts_once() -> None:
    table = np.random.default_rng(0).normal(size=(100, 16)).astype(np.float32)
    nodes = [node("Gather", "t x", "e"), node("MatMul", "e h")]

    def params(head: Any) -> tuple[int, int | None]:
        model = model_of(nodes, {"x": (1, 7)}, {"t": table, "h": head}, kinds={"x": INT64})
        found = quiet(model)
        return found.params, found.embedding_params

    # As torch has it, the table is one of embeddings, whatever else it is.
    assert params(np.ascontiguousarray(table.T)) == (1600, 1600)
    assert params(np.ascontiguousarray(table.T) + 1) == (3200, 1600)
    # The same numbers in another order are another matrix.
    assert params(np.ascontiguousarray(table.T[::-1])) == (3200, 1600)


INT64 = TensorProto.INT64
ANGLES = np.arange(7.0)[:, None] / 10.0 ** np.arange(3)
POSITIONS = np.stack([np.sin(ANGLES), np.cos(ANGLES)], 2).reshape(1, 7, 6).astype(np.float32)
MASK = np.tril(np.ones((7, 7), np.uint8))


def test_tables_that_were_not_learned_are_no_parameters() -> None:
    nodes = [
        node("Add", "x positions", "p"),
        node("Mul", "p learned", "l"),
        node("MatMul", "l w", "m"),
        node("Cast", "mask", "b", to=TensorProto.BOOL),
        node("Where", "b m zero", "c"),
        node("Add", "c below", "d"),
        node("Add", "d nothing", "e"),
        node("Add", "e untrained"),
    ]
    stored = {
        # A mask that hides nothing, and what was not trained yet.
        "nothing": (1, 1, 7, 7),
        "untrained": (1, 1, 7),
        "positions": POSITIONS,
        "learned": np.arange(42, dtype=np.float32).reshape(1, 7, 6),
        "w": (6, 7),
        "mask": MASK,
        "zero": np.zeros((), np.float32),
        "below": np.where(MASK == 1, 0, -np.inf).astype(np.float32),
    }
    found = count(model_of(nodes, {"x": (1, 7, 6)}, stored))
    assert (found.params, found.macs) == (42 + 42 + 7, 7 * 6 * 7)


@pytest.mark.parametrize("scale", [0.02, 1.0])
def test_an_embedding_with_a_row_for_padding_was_learned(scale: float) -> None:
    table = np.random.default_rng(0).normal(size=(50, 6)).astype(np.float32) * np.float32(scale)
    table[0] = 0
    nodes = [node("Gather", "t x", "e"), node("MatMul", "e w")]
    model = model_of(nodes, {"x": (1, 7)}, {"t": table, "w": (6, 5)}, kinds={"x": INT64})
    found = quiet(model)
    assert (found.params, found.embedding_params) == (330, 300)


def test_constants_of_several_numbers_are_parameters_and_single_ones_are_not() -> None:
    nodes = [
        node("Sub", "x means", "c"),
        constant("deviation", np.full((1, 3, 1, 1), 0.2, np.float32)),
        node("Div", "c deviation", "d"),
        constant("half", np.full((1, 1, 1, 1), 0.5, np.float32)),
        node("Mul", "d half", "e"),
        node("Add", "e one", "f"),
        node("Conv", "f w", "g"),
        node("Add", "g untrained"),
    ]
    means = np.array([0.4, 0.5, 0.6], np.float32).reshape(1, 3, 1, 1)
    # Zeros of 1 x 1 are no square mask that hides nothing.
    stored = {"means": means, "one": ONE, "w": (4, 3, 1, 1), "untrained": (1, 4, 1, 1)}
    found = count(model_of(nodes, {"x": (1, 3, 5, 5)}, stored))
    assert (found.params, found.macs) == (3 + 3 + 12 + 4, 25 * 12)


def test_a_cache_that_is_still_empty_holds_no_parameters() -> None:
    nodes = [node("Concat", "empty x", "c", axis=1), node("MatMul", "c w")]
    found = count(model_of(nodes, {"x": (1, 5)}, {"empty": (1, 0), "w": (5, 4)}))
    assert (found.params, found.macs) == (20, 20)


def test_zeros_that_the_graph_writes_into_are_no_parameters() -> None:
    # Features of pillars on a canvas, as torch exports them, and behind a tool that stores it.
    nodes = [
        node("MatMul", "x w", "f"),
        constant("canvas", np.zeros((64, 5), np.float32)),
        node("ScatterND", "canvas places f", "a"),
        node("ScatterElements", "stored columns f", "b", axis=1),
        # How often each was met.
        node("ScatterElements", "degrees row one", "c", reduction="add"),
        # A state before the first step, and what is learned and written into.
        constant("state", np.zeros((8, 1), np.float32)),
        node("Mul", "x state", "d"),
        node("ScatterElements", "learned columns f", "e", axis=1),
    ]
    stored = {
        "w": (9, 5), "places": np.arange(8)[:, None], "columns": np.zeros((8, 5), np.int64),
        "stored": (8, 6), "degrees": (20,), "row": np.array([3]), "one": np.ones(1, np.float32),
        "learned": np.full((8, 6), 0.5, np.float32),
    }  # fmt: skip
    found = quiet(model_of(nodes, {"x": (8, 9)}, stored, outputs="abcde"))
    assert (found.params, found.macs) == (9 * 5 + 1 + 8 * 6, 8 * 9 * 5)


@pytest.mark.parametrize("rows", [2, 50])
def test_an_embedding_that_fills_the_range_of_sines_was_learned(rows: int) -> None:
    # As the hyperbolic tangent of what was learned does.
    table = np.random.default_rng(0).uniform(-1, 1, (50, 6)).astype(np.float32)[:rows]
    table[0], table[1, 0] = 0, 0.9
    nodes = [node("Gather", "t x", "e"), node("Add", "e p", "f"), node("MatMul", "f w")]
    stored = {"t": table, "p": table[None, :2], "w": (6, 4)}
    found = quiet(model_of(nodes, {"x": (1, 2)}, stored, kinds={"x": INT64}))
    assert (found.params, found.embedding_params) == (rows * 6 + 12 + 24, rows * 6)


# Of 3 frequencies: first all sines, or those of two positions, of which one is slower.
HALVES = np.concatenate([np.sin(ANGLES), np.cos(ANGLES)], 1)
GRID = np.concatenate([np.repeat(HALVES, 7, 0), np.tile(HALVES, (7, 1))], 1)


@pytest.mark.parametrize(
    "table",
    [
        POSITIONS[0],
        HALVES,
        GRID,
        # A row for the class comes first.
        np.concatenate([np.zeros((1, 12)), GRID]),
        # Cosines and sines apart, for rotations.
        np.cos(ANGLES),
        np.sin(ANGLES),
        np.sin(ANGLES).astype(np.float16),
    ],
)
def test_sines_and_cosines_of_positions_were_not_learned(table: Any) -> None:
    nodes = [node("Gather", "t x", "e"), node("MatMul", "e w")]
    stored = {"t": table, "w": np.ones((table.shape[1], 5), table.dtype)}
    found = quiet(model_of(nodes, {"x": (1, 7)}, stored, kinds={"x": INT64}))
    assert (found.params, found.embedding_params) == (5 * table.shape[1], 0)


def test_two_layers_that_are_equal_are_two() -> None:
    # As copies are that were not trained yet.
    weight = np.random.default_rng(0).normal(size=(16, 16)).astype(np.float32)
    nodes = [node("MatMul", "x v", "h"), node("MatMul", "h w")]
    found = count(model_of(nodes, {"x": (1, 16)}, {"v": weight, "w": weight}))
    assert (found.params, found.macs) == (512, 512)


def test_states_and_numbers_of_shapes_are_no_parameters() -> None:
    nodes = [
        # Where the states begin, made as large as the batch.
        node("Expand", "h places", "e"),
        helper.make_node("GRU", ["x", "w", "r", "", "", "e"], ["", "g"], hidden_size=8),
        # Half as wide again.
        node("Shape", "i", "s"),
        node("Cast", "s", "f", to=FLOAT),
        node("Mul", "f half", "m"),
        node("Cast", "m", "z", to=INT64),
        helper.make_node("Resize", ["i", "", "", "z"], ["u"], mode="nearest"),
        node("Conv", "u v", "c"),
    ]
    stored = {
        "w": (1, 24, 16), "r": (1, 24, 8), "h": np.full((1, 1, 8), 0.5, np.float32),
        "places": np.array([1, 1, 8]), "half": np.array([1, 1, 1.5, 1.5], np.float32),
        "v": (5, 2, 1, 1),
    }  # fmt: skip
    inputs = {"x": (10, 1, 16), "i": (1, 2, 4, 4)}
    found = count(model_of(nodes, inputs, stored, outputs=("g", "c")))
    # Three gates of 8 units over 16 inputs and 8 states; 5 channels of 2.
    assert (found.params, found.macs) == (576 + 10, 10 * 576 + 36 * 10)


# An index that only one operand has is added up first.
EINSUMS = [
    ("bijd,bd->bi", [(1, 5, 6, 8), (1, 8)], 5 * 8),
    ("bij,ik->bk", [(1, 5, 6), (5, 7)], 5 * 7),
    ("bhid,bhjd->bi", [(1, 4, 5, 8), (1, 4, 6, 8)], 4 * 5 * 8),
    ("...ij,j->...", [(2, 3, 4), (4,)], 2 * 4),
    # What stands for all other dimensions is added up where the result has no place for it.
    ("...ij,jk->k", [(2, 3, 4), (4, 5)], 4 * 5),
    # A diagonal.
    ("iij,jk->ik", [(3, 3, 4), (4, 5)], 3 * 4 * 5),
    # The third operand has k, too; l is added up before it meets it.
    ("ij,jk,kl->i", [(2, 3), (3, 4), (4, 5)], 2 * 3 * 4 + 2 * 4),
    # What is left are products of sums, which scale.
    ("ij,kl->", [(2, 3), (4, 5)], 0),
    ("ij,kl->il", [(2, 3), (4, 5)], 0),
    ("ij,jk->ik", [(3, 1), (1, 5)], 0),
    ("ij,jk->ik", [(3, 4), (1, 5)], 0),
]


@pytest.mark.parametrize(("equation", "shapes", "macs"), EINSUMS)
def test_an_einsum_adds_up_first(equation: str, shapes: list[tuple[int, ...]], macs: int) -> None:
    inputs = dict(zip("abc", shapes))
    model = model_of([node("Einsum", " ".join(inputs), equation=equation)], inputs)
    assert quiet(model).macs == macs


@pytest.mark.parametrize(("equation", "shapes", "macs"), EINSUMS)
def test_an_einsum_of_torch_is_the_same(
    equation: str, shapes: list[tuple[int, ...]], macs: int
) -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed (extra torch)")

    class Sum(torch.nn.Module):  # type: ignore[misc, name-defined]
        def forward(self, *operands: Any) -> Any:
            return torch.einsum(equation, *operands)

    assert quiet(Sum(), *map(torch.zeros, shapes)).macs == macs


@pytest.mark.parametrize(
    ("theta", "size", "macs"),
    [
        # A place and a 1 behind it, by each row of a matrix: for each place of an image.
        ((2, 2, 3), [2, 3, 5, 6], 2 * 30 * 6),
        ((1, 3, 4), [1, 3, 4, 5, 6], 120 * 12),
        ((1, 3, 4), [1, 3, 5, 6], None),
        ((3, 2, 3), [1, 3, 5, 6], None),
    ],
)
def test_a_grid_is_a_product(theta: tuple[int, ...], size: list[int], macs: int | None) -> None:
    sets = [helper.make_opsetid("", 20)]
    grid = [node("AffineGrid", "t size")]
    model = model_of(grid, {}, {"t": theta, "size": np.array(size)}, opset_imports=sets)
    if macs is None:
        with pytest.raises(
            ValueError, match=r"attributes of AffineGrid y do not fit: \(\d, \d, \d\)"
        ):
            count(model)
    else:
        found = quiet(model)
        assert (found.params, found.macs) == (int(np.prod(theta)), macs)


@pytest.mark.parametrize(
    ("inputs", "equation"),
    [
        ("m", "bij->bji"),
        ("m", "bij->bi"),
        ("m m", "bij,bij->bij"),
        ("m v", "bij,k"),
        ("m m m", "bij,bij,bij->bij"),
    ],
)
def test_an_einsum_may_multiply_no_matrices(inputs: str, equation: str) -> None:
    nodes = [node("MatMul", "x w", "m"), node("Einsum", inputs, equation=equation)]
    found = count(model_of(nodes, {"x": (1, 10, 16)}, {"w": (16, 4), "v": (3,)}))
    assert (found.macs, found.leaves_out) == (640, ("Einsum",))


@pytest.mark.parametrize("opset", [18, 21])
def test_a_normalisation_keeps_the_shape(opset: int) -> None:
    nodes = [node("GroupNormalization", "x g b", "z", num_groups=2), node("Conv", "z w")]
    stored = {"g": (2 if opset == 18 else 4,), "b": (2 if opset == 18 else 4,), "w": (6, 4, 3, 3)}
    sets = [helper.make_opsetid("", opset)]
    found = count(model_of(nodes, {"x": (1, 4, 8, 8)}, stored, opset_imports=sets))
    assert found.macs == 36 * 6 * 36


def test_peepholes_are_learned() -> None:
    operator = helper.make_node("LSTM", ["x", "w", "r", "b", "", "", "", "p"], ["y"], hidden_size=8)
    stored = {"w": (1, 32, 16), "r": (1, 32, 8), "b": (1, 64), "p": (1, 24)}
    assert count(model_of([operator], {"x": (10, 1, 16)}, stored)).params == 768 + 64 + 24


def test_scales_and_zero_points_are_no_parameters() -> None:
    scales, zeros = np.ones(5, np.float32), np.zeros(5, np.int8)
    nodes = [
        node("QuantizeLinear", "x s z", "q"),
        node("DequantizeLinear", "q s z", "d"),
        node("DequantizeLinear", "w scales zeros", "f", axis=0),
        node("DequantizeLinear", "b scales", "c", axis=0),
        node("Conv", "d f c", "y"),
        # A quantised table is looked up and only then scaled.
        node("Gather", "t i", "g"),
        node("DequantizeLinear", "g s z", "e"),
        node("Resize", "y roi factors", "r", mode="nearest"),
    ]
    stored = {
        "s": ONE, "z": np.zeros((), np.int8), "scales": scales, "zeros": zeros,
        "w": np.arange(30, dtype=np.int8).reshape(5, 6, 1, 1), "b": np.zeros(5, np.int32),
        "t": np.arange(12, dtype=np.int8).reshape(3, 4), "roi": np.zeros(8, np.float32),
        "factors": np.array([1, 1, 2, 2], np.float32),
    }  # fmt: skip
    inputs = {"x": (1, 6, 2, 2), "i": (1,)}
    found = count(model_of(nodes, inputs, stored, kinds={"i": INT64}, outputs=("r", "e")))
    assert (found.params, found.embedding_params, found.macs) == (30 + 5 + 12, 12, 4 * 30)


def test_the_scale_of_each_column_is_no_parameter() -> None:
    nodes = [
        node("DynamicQuantizeLinear", "x", "q s z"),
        node("MatMulInteger", "q w z", "i"),
        node("Cast", "i", "c", to=FLOAT),
        node("Mul", "s scales", "t"),
        node("Mul", "c t", "m"),
        node("Mul", "m g", "n"),
        node("Add", "n b"),
    ]
    stored = {"w": np.ones((6, 5), np.int8), "scales": (5,), "g": (5,), "b": (5,)}
    assert count(model_of(nodes, {"x": (1, 6)}, stored)).params == 30 + 5 + 5


def test_integers_that_may_be_weights_are_said() -> None:
    unpacked = [
        node("BitwiseAnd", "w nibble", "l"),
        node("Cast", "l", "f", to=FLOAT),
        node("MatMul", "x f"),
    ]
    weight = np.arange(30, dtype=np.uint8).reshape(6, 5)
    stored: dict[str, Any] = {"w": weight, "nibble": np.array([15], np.uint8)}
    with pytest.warns(CountWarning) as caught:
        found = count(model_of(unpacked, {"x": (1, 6)}, stored))
    assert (found.params, found.macs) == (0, 30)
    assert [str(each.message) for each in caught] == [
        "count: params may be too low for w, whose integers may be weights, or several in one"
    ]
    # Places and masks are none.
    nodes = [node("Gather", "t i", "g"), node("MatMul", "x g", "h"), node("Where", "b h m", "y")]
    stored = {
        "t": np.arange(30, dtype=np.float32).reshape(30, 1), "b": np.array([[True, False]] * 6),
        "i": np.arange(12, dtype=np.int32).reshape(6, 2), "m": (6, 2),
    }  # fmt: skip
    nodes.insert(1, node("Squeeze", "g last", "f"))
    nodes[2].input[1] = "f"
    stored["last"] = np.array([2])
    assert count(model_of(nodes, {"x": (1, 6, 6)}, stored)).params == 30 + 12


def test_weights_among_the_nodes() -> None:
    values = helper.make_tensor("v", FLOAT, [2], [1, 2])
    places = helper.make_tensor("p", TensorProto.INT64, [2], [3, 7])
    sparse = helper.make_sparse_tensor(values, places, [3, 4])
    nodes = [
        helper.make_node("Constant", [], ["a"], value_floats=[1.0, 2.0, 3.0]),
        helper.make_node("Constant", [], ["b"], sparse_value=sparse),
        node("Mul", "x a", "m"),
        node("MatMul", "m b", "h"),
        node("MatMul", "h v"),
    ]
    model = model_of(nodes, {"x": (1, 3)})
    # As many as the matrix has, stored or not.
    model.graph.sparse_initializer.append(
        helper.make_sparse_tensor(values, places, [4, 5]),
    )
    found = count(model)
    assert (found.params, found.macs) == (3 + 12 + 20, 12 + 20)


def test_nodes_on_which_no_result_depends_do_not_run() -> None:
    nodes = [
        node("MatMul", "x v", "head"),
        helper.make_node("Split", ["head"], ["", "part"], num_outputs=2),
        foreign("Unknown", "part", "end", domain="mine"),
        helper.make_node("Clip", ["x", "", "top"], ["c"]),
        node("MatMul", "c w"),
    ]
    stored = {"v": (6, 50), "w": (6, 5), "top": ONE}
    found = count(model_of(nodes, {"x": (1, 6)}, stored))
    assert (found.params, found.macs) == (30, 30)


# Operators of ONNX Runtime and of others


def test_a_quantised_network_of_onnx_runtime() -> None:
    nodes = [
        node("QLinearConv", "x s z w s z s z b", "c"),
        foreign("QLinearAdd", "c s z e s z s z", "a"),
        foreign("QLinearLeakyRelu", "a s z s z", "l"),
        foreign("QLinearConcat", "s z l s z a s z", "k", axis=1),
        foreign("QLinearGlobalAveragePool", "k s z s z", "p"),
        node("Flatten", "p", "f"),
        foreign("QGemm", "f s z v s z d s z", "y", transB=1),
    ]
    stored = {
        "s": ONE, "z": U8, "w": np.zeros((4, 3, 3, 3), np.uint8), "b": np.zeros(4, np.int32),
        "v": np.zeros((10, 8), np.uint8), "d": np.zeros(10, np.int32),
        "e": np.zeros((4, 1, 1), np.uint8),
    }  # fmt: skip
    found = count(model_of(nodes, {"x": (1, 3, 5, 5)}, stored, kinds={"x": TensorProto.UINT8}))
    assert (found.macs, found.params) == (9 * 4 * 27 + 80, 108 + 4 + 4 + 80 + 10)
    assert found.counts == ("QLinearConv", "com.microsoft.QGemm")
    assert "com.microsoft.QLinearAdd" in found.leaves_out


NIBBLES = np.full((8, 2, 16), 17, np.uint8)


@pytest.mark.parametrize(
    ("operator", "shapes", "stored", "macs", "params"),
    [
        # Turned as in Gemm, but for any number of dimensions.
        (foreign("FusedMatMul", "x w", transB=1), [(2, 7, 6)], {"w": (5, 6)}, 2 * 7 * 30, 30),
        (foreign("FusedMatMul", "x w", transA=1), [(2, 6, 7)], {"w": (6, 5)}, 2 * 7 * 30, 30),
        # 7 queries and 5 keys come before 2 heads of 8.
        (
            foreign("FusedMatMul", "x k", transBatchA=1, transBatchB=1, transB=1),
            [(7, 1, 2, 8), (5, 1, 2, 8)],
            {},
            2 * 7 * 5 * 8,
            0,
        ),
        # 64 by 8 numbers, two in a byte, which have a scale for each 32 of them; the bias adds.
        (
            foreign("MatMulNBits", "x w s z g b", K=64, N=8, bits=4, block_size=32),
            [(1, 7, 64)],
            {
                "w": NIBBLES,
                "s": (16,),
                "z": np.zeros(8, np.uint8),
                "g": np.zeros(64, np.int32),
                "b": (8,),
            },
            7 * 64 * 8,
            64 * 8 + 8,
        ),
        # 64 by 5 numbers, two in a byte, in a row.
        (
            foreign("MatMulBnb4", "x w s", K=64, N=5, block_size=32, quant_type=1),
            [(1, 5, 64)],
            {"w": np.full(160, 17, np.uint8), "s": (10,)},
            5 * 64 * 5,
            64 * 5,
        ),
        (
            foreign("GemmFastGelu", "x w b"),
            [(1, 5, 6)],
            {"w": (6, 32), "b": (32,)},
            5 * 6 * 32,
            6 * 32 + 32,
        ),
        # Biases are learned, scales are not.
        (
            foreign("DynamicQuantizeMatMul", "x w s z b"),
            [(1, 6)],
            {"w": np.ones((6, 5), np.int8), "s": (5,), "z": np.zeros(5, np.int8), "b": (5,)},
            30,
            35,
        ),
        # 7 steps of 4 gates of 5, each from 6 inputs and 5 states.
        (
            helper.make_node(
                "DynamicQuantizeLSTM",
                ["x", "w", "r", "b", "", "", "", "", "s", "z", "s", "z"],
                ["y"],
                domain="com.microsoft",
                hidden_size=5,
            ),
            [(7, 1, 6)],
            {
                "w": np.ones((1, 6, 20), np.int8),
                "r": np.ones((1, 5, 20), np.int8),
                "b": (1, 40),
                "s": (1,),
                "z": np.zeros(1, np.int8),
            },
            7 * 20 * 11,
            20 * 11 + 40,
        ),
        # 4 heads of 8, 5 queries and 7 keys: queries with keys, weights with values.
        (
            foreign("MultiHeadAttention", "x k k", num_heads=4),
            [(1, 5, 32), (1, 7, 32)],
            {},
            2 * 4 * 5 * 7 * 8,
            0,
        ),
        # Keys and values in one, with the heads apart; all three in one.
        (
            foreign("MultiHeadAttention", "x k", num_heads=4),
            [(1, 5, 32), (1, 7, 4, 2, 8)],
            {},
            2 * 4 * 5 * 7 * 8,
            0,
        ),
        (
            foreign("MultiHeadAttention", "x", num_heads=4),
            [(1, 5, 4, 3, 8)],
            {},
            2 * 4 * 5 * 5 * 8,
            0,
        ),
        # Two heads of keys and values, 3 tokens seen before; then all in one, of 4 + 2 + 2 heads.
        (
            foreign("GroupQueryAttention", "x k k p p n t", num_heads=4, kv_num_heads=2),
            [(1, 5, 32), (1, 5, 16)],
            {"p": (1, 2, 3, 8), "n": np.ones(1, np.int32), "t": np.ones((), np.int32)},
            2 * 4 * 5 * 8 * 8,
            0,
        ),
        (
            helper.make_node(
                "GroupQueryAttention",
                ["x", "", "", "", "", "n", "t", "c", "c"],
                ["y"],
                domain="com.microsoft",
                num_heads=4,
                kv_num_heads=2,
            ),
            [(1, 5, 64)],
            {"n": np.ones(1, np.int32), "t": np.ones((), np.int32), "c": (9, 4)},
            2 * 4 * 5 * 5 * 8,
            0,
        ),
        # The projections of 6 values to three times 32, and the attention.
        (
            foreign("Attention", "x w b m p", num_heads=4),
            [(1, 5, 6)],
            {"w": (6, 96), "b": (96,), "m": np.ones((1, 8), np.int32), "p": (2, 1, 4, 3, 8)},
            5 * 6 * 96 + 2 * 4 * 5 * 8 * 8,
            6 * 96 + 96,
        ),
        (
            foreign("QAttention", "x w b s s m z z", num_heads=4),
            [(1, 5, 6)],
            {
                "w": np.ones((6, 96), np.int8),
                "b": (96,),
                "s": (1,),
                "m": np.ones((1, 5), np.int32),
                "z": np.zeros(1, np.int8),
            },
            5 * 6 * 96 + 2 * 4 * 5 * 5 * 8,
            6 * 96 + 96,
        ),
    ],
    ids=lambda value: value.op_type if hasattr(value, "op_type") else None,
)
def test_products_of_onnx_runtime(
    operator: Any, shapes: list[Any], stored: dict[str, Any], macs: int, params: int
) -> None:
    """The shape of the result is known as well: a layer after it multiplies by 3 columns."""
    operator.output[0] = "h"
    width = {"DynamicQuantizeLSTM": 5, "MatMulNBits": 8}.get(operator.op_type)
    width = width or (5 if "MatMul" in operator.op_type else 32)
    rows = 7 if operator.op_type in ("DynamicQuantizeLSTM", "MatMulNBits") else 5
    rows = {"FusedMatMul": 14, "DynamicQuantizeMatMul": 1}.get(operator.op_type, rows)
    inputs = dict(zip(("x", "k"), shapes))
    found = quiet(
        model_of([operator, node("MatMul", "h last")], inputs, {**stored, "last": (width, 3)})
    )
    assert (found.macs, found.params) == (macs + rows * width * 3, params + width * 3)
    assert found.counts == ("MatMul", f"com.microsoft.{operator.op_type}")


def test_an_embedding_of_onnx_runtime() -> None:
    nodes = [
        foreign("EmbedLayerNormalization", "i i t p u g b", "e m"),
        foreign("SkipLayerNormalization", "e e g b", "h"),
        node("MatMul", "h w"),
    ]
    stored = {"t": (10, 4), "p": (8, 4), "u": (2, 4), "g": (4,), "b": (4,), "w": (4, 3)}
    kinds = {"i": TensorProto.INT32}
    found = count(model_of(nodes, {"i": (1, 5)}, stored, kinds=kinds))
    assert (found.params, found.embedding_params, found.macs) == (80 + 8 + 12, 40 + 32 + 8, 60)


@pytest.mark.parametrize(
    ("stored", "options"),
    [
        # Four numbers of 4 bits, of 2 bits and of 8 bits in each row; of a type of 4 bits.
        ({"t": np.arange(20, dtype=np.uint8).reshape(10, 2)}, {}),
        ({"t": np.arange(10, dtype=np.uint8).reshape(10, 1)}, {"bits": 2}),
        ({"t": np.arange(40, dtype=np.uint8).reshape(10, 4)}, {"bits": 8}),
        ({}, {}),
    ],
)
def test_a_quantised_table_of_onnx_runtime(
    stored: Mapping[str, Any], options: Mapping[str, Any]
) -> None:
    nodes = [
        foreign("GatherBlockQuantized", "t i s z", "e", block_size=16, **options),
        # Zeros, not in the table.
        foreign("GatherBlockQuantized", "t ten s z", "f", block_size=16, **options),
        node("Add", "e f", "h"),
        node("MatMul", "h w"),
    ]
    arrays = {**stored, "ten": np.array([10]), "s": (10, 1), "z": (10, 1), "w": (4, 3)}
    model = model_of(nodes, {"i": (1, 5)}, arrays, kinds={"i": INT64})
    if not stored:
        model.graph.initializer.append(helper.make_tensor("t", TensorProto.INT4, (10, 4), [1] * 40))
    found = count(model)
    assert (found.params, found.embedding_params, found.macs) == (40 + 12, 40, 5 * 12)


@pytest.mark.parametrize(("table", "attributes"), [("u", {}), ("t", {"gather_axis": 1})])
def test_a_quantised_table_that_is_computed_or_turned_is_refused(
    table: str, attributes: Mapping[str, Any]
) -> None:
    lookup = foreign("GatherBlockQuantized", f"{table} i s", "e", **attributes)
    nodes = [node("Identity", "t", "u"), lookup, node("MatMul", "e w")]
    stored = {"t": np.zeros((10, 2), np.uint8), "s": (10, 1), "w": (4, 3)}
    model = model_of(nodes, {"i": (1, 5)}, stored, kinds={"i": INT64})
    with pytest.raises(ValueError, match=r"does not count the .* of com\.microsoft\.GatherBlockQ"):
        count(model)


def test_a_quantised_embedding_of_onnx_runtime() -> None:
    nodes = [
        foreign("QEmbedLayerNormalization", "i i t p u g b m s s s s s z z z z z", "e n"),
        node("MatMul", "e w"),
    ]
    table = np.arange(40, dtype=np.int8).reshape(10, 4)
    stored = {
        "t": table, "p": table[:8], "u": table[:2], "g": table[3], "b": table[4], "m": MASK[:1],
        "s": ONE, "z": U8, "w": (4, 3),
    }  # fmt: skip
    found = count(model_of(nodes, {"i": (1, 5)}, stored, kinds={"i": TensorProto.INT32}))
    assert (found.params, found.embedding_params, found.macs) == (80 + 8 + 12, 40 + 32 + 8, 60)


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("BiasAdd", 6), ("BiasDropout", 6), ("BiasSoftmax", 6), ("BitmaskBiasDropout", 6),
        ("BitmaskDropout", 0), ("GatedAdd", 6), ("GatedRMSNorm", 6), ("QLinearWhere", 6),
    ],
)  # fmt: skip
def test_what_keeps_the_shape_and_cannot_multiply_is_left_out(name: str, params: int) -> None:
    inputs = {"BiasSoftmax": "x b", "BitmaskDropout": "x one"}
    inputs["QLinearWhere"] = "c x one z b one z one z"
    nodes = [foreign(name, inputs.get(name, "x b x"), "h"), node("MatMul", "h w")]
    stored = {"b": (6,), "c": np.ones(6, np.bool_), "one": ONE, "z": U8, "w": (6, 5)}
    found = quiet(model_of(nodes, {"x": (1, 7, 6)}, stored))
    assert (found.macs, found.params) == (7 * 6 * 5, 30 + params)
    assert found.leaves_out == (f"com.microsoft.{name}",)


@pytest.mark.parametrize(
    ("operator", "params"),
    [
        (foreign("BiasSplitGelu", "m b"), 6),
        (foreign("ExpandDims", "m axis"), 0),
        (foreign("IsAllFinite", "m"), 0),
        (foreign("NhwcMaxPool", "m", kernel_shape=[1]), 0),
        (foreign("QLinearReduceMean", "m s z s z", axes=[1], keepdims=0), 0),
        (foreign("ReduceSumInteger", "m", axes=[1], keepdims=0), 0),
        (foreign("RelativePositionBias", "b n n", max_distance=4), 6),
        (foreign("RemovePadding", "m n", "y o c l"), 0),
        (foreign("RestorePadding", "m n"), 0),
    ],
    ids=lambda value: value.op_type if hasattr(value, "op_type") else None,
)
def test_what_changes_the_shape_and_cannot_multiply_is_left_out(operator: Any, params: int) -> None:
    stored = {
        "w": (6, 6), "b": (1, 6), "axis": np.array(1, np.int32), "n": np.array([7], np.int32),
        "s": (1,), "z": U8,
    }  # fmt: skip
    nodes = [node("MatMul", "x w", "m"), operator]
    found = quiet(model_of(nodes, {"x": (1, 7, 6)}, stored, outputs=("m", "y")))
    assert (found.macs, found.params) == (7 * 36, 36 + params)
    assert found.leaves_out == (f"com.microsoft.{operator.op_type}",)


@pytest.mark.parametrize("name", ["Imputer", "Normalizer", "Scaler"])
def test_preparations_of_scikit_learn_keep_the_shape(name: str) -> None:
    nodes = [foreign(name, "x", "h", domain="ai.onnx.ml"), node("MatMul", "h w")]
    sets = [helper.make_opsetid("", 18), helper.make_opsetid("ai.onnx.ml", 3)]
    assert count(model_of(nodes, {"x": (1, 6)}, {"w": (6, 5)}, opset_imports=sets)).macs == 30


@pytest.mark.parametrize("attribute", ["channels_last", "qkv_hidden_sizes"])
def test_products_in_another_order_are_refused(attribute: str) -> None:
    value: Any = [32, 32, 16] if attribute == "qkv_hidden_sizes" else 1
    operator = foreign("Attention", "x w", num_heads=4, **{attribute: value})
    with pytest.raises(ValueError, match=r"does not count the .* of com\.microsoft\.Attention;"):
        count(model_of([operator], {"x": (1, 5, 6)}, {"w": (6, 96)}))


def test_packed_weights_that_are_computed_are_refused() -> None:
    operator = foreign("MatMulNBits", "x v s", K=64, N=8, bits=4, block_size=32)
    model = model_of(
        [node("Identity", "w", "v"), operator], {"x": (1, 64)}, {"w": NIBBLES, "s": (16,)}
    )
    with pytest.raises(ValueError, match=r"does not count the .* of com\.microsoft\.MatMulNBits;"):
        count(model)


def test_what_cannot_multiply_is_left_out() -> None:
    nodes = [
        foreign("Gelu", "x", "g"),
        node("MatMul", "g w", "m"),
        foreign("ZipMap", "m", "z", domain="ai.onnx.ml"),
        foreign("BatchedNMSDynamic_TRT", "m", "n", domain="TRT"),
        # What it returns is not known, and nothing that is counted depends on it.
        node("Relu", "n", "r"),
        node("Add", "r m"),
    ]
    sets = [helper.make_opsetid("", 18), helper.make_opsetid("ai.onnx.ml", 3)]
    found = count(model_of(nodes, {"x": (1, 6)}, {"w": (6, 5)}, opset_imports=sets))
    assert found.macs == 30
    assert found.leaves_out == (
        "Add", "Relu", "TRT.BatchedNMSDynamic_TRT", "ai.onnx.ml.ZipMap", "com.microsoft.Gelu",
    )  # fmt: skip


# One string, to be read: all operators of ONNX up to version 28 of its set, and which multiply.
OPERATORS = """
    Abs Acos Acosh Add AffineGrid And ArgMax ArgMin Asin Asinh Atan Atanh Attention AveragePool
    BatchNormalization Bernoulli BitCast BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor
    BlackmanWindow Cast CastLike CausalConvWithState Ceil Celu CenterCropPad Clip Col2Im Compress
    Concat ConcatFromSequence Constant ConstantOfShape Conv ConvInteger ConvTranspose Cos Cosh
    CumProd CumSum DFT DeformConv DepthToSpace DequantizeLinear Det Div Dropout
    DynamicQuantizeLinear Einsum Elu Equal Erf Exp Expand EyeLike Flatten Floor GRU Gather
    GatherElements GatherND Gelu Gemm GlobalAveragePool GlobalLpPool GlobalMaxPool Greater
    GreaterOrEqual GridSample GroupNormalization HammingWindow HannWindow HardSigmoid HardSwish
    Hardmax Identity If ImageDecoder InstanceNormalization IsInf IsNaN LRN LSTM LayerNormalization
    LeakyRelu Less LessOrEqual LinearAttention Log LogSoftmax Loop LpNormalization LpPool MatMul
    MatMulInteger Max MaxPool MaxRoiPool MaxUnpool Mean MeanVarianceNormalization MelWeightMatrix
    Min Mish Mod Mul Multinomial Neg NegativeLogLikelihoodLoss NonMaxSuppression NonZero Not OneHot
    Optional OptionalGetElement OptionalHasElement Or PRelu Pad Pow QLinearConv QLinearMatMul
    QuantizeLinear RMSNormalization RNN RandomNormal RandomNormalLike RandomUniform
    RandomUniformLike Range Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax
    ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare RegexFullMatch Relu Reshape Resize
    ReverseSequence RoiAlign RotaryEmbedding Round STFT Scan Scatter ScatterElements ScatterND Selu
    SequenceAt SequenceConstruct SequenceEmpty SequenceErase SequenceInsert SequenceLength
    SequenceMap Shape Shrink Sigmoid Sign Sin Sinh Size Slice Softmax SoftmaxCrossEntropyLoss
    Softplus Softsign SpaceToDepth Split SplitToSequence Sqrt Squeeze StringConcat
    StringNormalizer StringSplit Sub Sum SwiGLU Swish Tan Tanh TensorScatter TfIdfVectorizer
    ThresholdedRelu Tile TopK Transpose Trilu Unique Unsqueeze Upsample Where Xor
"""
PRODUCTS = """
    AffineGrid Attention CausalConvWithState Conv ConvInteger ConvTranspose DFT DeformConv Det
    Einsum GRU Gemm LSTM LinearAttention MatMul MatMulInteger QLinearConv QLinearMatMul RNN
    STFT
"""


def test_every_operator_of_onnx_was_looked_at() -> None:
    """A new operator of ONNX must be read before it is taken for one that does not multiply."""
    from netscore.counting.onnx import _PRODUCTS, _may_multiply, _operator

    schemas = onnx.defs.get_all_schemas_with_history()
    known = {schema.name for schema in schemas if not schema.domain and schema.since_version <= 28}
    assert known <= set(OPERATORS.split())
    multiply = {
        name
        for name, each in ((name, node(name, "x")) for name in known)
        if _operator(each)[0] in _PRODUCTS or _may_multiply(onnx, each)
    }
    assert multiply == known & set(PRODUCTS.split())
    assert _may_multiply(onnx, node("NoOperatorOfOnnx", "x"))


@pytest.mark.parametrize(
    ("shapes", "attributes", "macs"),
    [
        # Four heads of 8 and two of keys and values: queries with keys, weights with values.
        ([(1, 4, 5, 8), (1, 2, 7, 8), (1, 2, 7, 6)], {}, 4 * 5 * 7 * (8 + 6)),
        # The same with the heads beside each other.
        ([(1, 5, 32), (1, 7, 16), (1, 7, 12)], {"q_num_heads": 4, "kv_num_heads": 2}, 1960),
        # Three tokens were seen before.
        ([(1, 4, 5, 8), (1, 4, 7, 8), (1, 4, 7, 8), (1, 4, 3, 8)], {}, 4 * 5 * 10 * 16),
    ],
)
def test_attention(shapes: list[Any], attributes: dict[str, int], macs: int) -> None:
    inputs = dict(zip(("q", "k", "v", "p"), shapes))
    names = "q k v" if len(shapes) == 3 else "q k v  p p"
    outputs = ["y", "", ""] if len(shapes) == 3 else ["y", "a", "b"]
    operator = helper.make_node("Attention", names.split(" "), outputs, **attributes)
    model = model_of([operator], inputs, opset_imports=[helper.make_opsetid("", 23)])
    assert quiet(model).macs == macs


# Damaged and hostile models


def test_sizes_that_no_tensor_has() -> None:
    negative = TensorProto(name="w", data_type=FLOAT, dims=(6, -5))
    short = TensorProto(name="w", data_type=FLOAT, dims=(6, 5), raw_data=b"1234")
    for tensor, said in ((negative, r"\(6, -5\) and 0 bytes"), (short, r"\(6, 5\) and 4 bytes")):
        model = model_of([node("MatMul", "x w")], {"x": (1, 6)})
        model.graph.initializer.append(tensor)
        with pytest.raises(ValueError, match=rf"\Acount: the tensor w .* has the shape {said}\Z"):
            count(model)


@pytest.mark.parametrize("calls", [1, 2], ids=["itself", "a bomb"])
def test_functions_that_never_end_are_refused(calls: int) -> None:
    imports = [helper.make_opsetid("", 18), helper.make_opsetid("f", 1)]

    def function(name: str, called: str) -> Any:
        nodes = [
            helper.make_node(called, ["a" if i == 0 else f"b{i - 1}"], [f"b{i}"], domain="f")
            for i in range(calls)
        ]
        nodes[-1].output[0] = "c"
        return helper.make_function("f", name, ["a"], ["c"], nodes, imports)

    names = ["F", "F"] if calls == 1 else [f"F{i}" for i in range(30)]
    functions = [function(*pair) for pair in pairwise(names)]
    model = model_of(
        [helper.make_node("F" if calls == 1 else "F0", ["x"], ["y"], domain="f")],
        {"x": (1, 6)},
        functions=functions,
        opset_imports=imports,
    )
    with pytest.raises(ValueError, match=r"\Acount: the functions of the ONNX model call each oth"):
        count(model)


def test_a_damaged_model_is_one_sentence() -> None:
    model = model_of([node("MatMul", "x w", "\x1b[2J\n")], {"x": (1, 6)}, {"w": (6, 5)})
    model.graph.initializer[0].data_type = 99
    with pytest.raises(ValueError, match=r"\Acount: the ONNX model is damaged: \w+: ") as caught:
        count(model)
    assert str(caught.value).isprintable()
    model = model_of([node("MatMul", "x w", "y")], {"x": (1, 6)}, {"w": (6, 5)})
    model.graph.node[0].op_type = "\x1b[2J\n"
    with pytest.raises(ValueError, match=r"of \\x1b\[2J\\n; count the model in the framework"):
        count(model)


@pytest.mark.parametrize("name", ["k", "nowhere"])
def test_what_is_read_before_it_is_made(name: str) -> None:
    """The product of a node that comes too late would be lost without a word."""
    nodes = [node("MatMul", "x w", "h"), node("Add", f"h {name}"), node("MatMul", "x v", "k")]
    said = rf"\Acount: the ONNX model is damaged: no node before Add y makes {name}\Z"
    with pytest.raises(ValueError, match=said):
        count(model_of(nodes, {"x": (1, 6)}, {"w": (6, 5), "v": (6, 5)}))


def test_an_operator_whose_name_is_no_text() -> None:
    nodes = [node("MatMul", "x w"), node("Softsign", "x", "unused")]
    data = model_of(nodes, {"x": (1, 6)}, {"w": (6, 5)}).SerializeToString()
    found = count(onnx.load_from_string(data.replace(b"Softsign", b"Softsig\xe5")))
    assert (found.macs, found.leaves_out) == (30, ("b'Softsig\\xe5'",))


def test_random_numbers_and_products_are_not_computed() -> None:
    nodes = [
        node("RandomNormal", "", "r", shape=[1, 6]),
        node("MatMul", "r w", "m"),
        node("Reshape", "m s", "p"),
        node("MatMul", "p v"),
    ]
    nodes[0].ClearField("input")
    found = quiet(model_of(nodes, {}, {"w": (6, 5), "v": (1, 2), "s": np.array([5, 1])}))
    assert found.macs == 30 + 10


def test_inputs_by_name() -> None:
    model = model_of([node("MatMul", "a b")], {"a": ("n", "k"), "b": ("k", "m")})
    found = count(model, b=np.zeros((6, 5)), a=np.zeros((2, 6)))
    assert (found.macs, found.input_shapes) == (60, ((2, 6), (6, 5)))
    with pytest.raises(ValueError, match=r"takes 2 inputs \(a, b\), got c\Z"):
        count(model, np.zeros((2, 6)), c=np.zeros((6, 5)))


def test_an_open_first_dimension_is_a_batch_of_one() -> None:
    model = model_of(
        [node("MatMul", "x w", "m"), node("Add", "m t")],
        {"x": ("n", 6), "t": ("n",)},
        {"w": (6, 5)},
    )
    found = count(model)
    assert (found.macs, found.input_shapes) == (30, ((1, 6), (1,)))
    assert count(model, np.zeros((1, 6)), np.zeros(1)) == found


LSTM = node("LSTM", "h w r", hidden_size=6)


@pytest.mark.parametrize(
    ("nodes", "shape", "example"),
    [
        ([node("Identity", "x", "h"), LSTM], ("time", 1, 5), (7, 1, 5)),
        ([node("Relu", "x", "h"), LSTM], (-1, 1, 5), (7, 1, 5)),
        ([node("Unsqueeze", "x one", "h"), LSTM], ("n", 5), (7, 5)),
        # The second counts the steps of the first.
        ([node("Identity", "x", "h"), node("LSTM", "h w r", "a", hidden_size=6),
          node("Squeeze", "a one", "b"), node("LSTM", "b v r", hidden_size=6)],
         ("n", 1, 5), (7, 1, 5)),
        # A step at each end, or one before, or every second one, or the batch before the time.
        ([node("Pad", "x ends", "h"), LSTM], ("n", 1, 5), (5, 1, 5)),
        ([node("Concat", "first x", "h", axis=0), LSTM], ("n", 1, 5), (6, 1, 5)),
        ([node("Slice", "x zero end zero two", "h"), LSTM], ("n", 1, 5), (13, 1, 5)),
        ([node("Transpose", "x", "h", perm=[1, 0, 2]),
          node("LSTM", "h w r", hidden_size=6, layout=1)], ("n", 1, 5), (7, 1, 5)),
    ],
)  # fmt: skip
def test_the_time_of_a_recurrent_layer_is_no_batch(
    nodes: Any, shape: Shape, example: tuple[int, ...]
) -> None:
    stored = {"w": (1, 24, 5), "v": (1, 24, 6), "r": (1, 24, 6), "one": np.array([1])}
    stored |= {"ends": np.array([1, 0, 0, 1, 0, 0]), "first": (1, 1, 5), "zero": np.array([0])}
    stored |= {"end": np.array([99]), "two": np.array([2])}
    model = model_of(nodes, {"x": shape}, stored)
    said = (
        r"\Acount: the ONNX model leaves the time of LSTM [ya] open, the first dimension of its "
        r"input x: pass example inputs\Z"
    )
    with pytest.raises(ValueError, match=said):
        count(model)
    macs = 7 * 24 * (5 + 6) + (len(nodes) == 4) * 7 * 24 * (6 + 6)
    assert quiet(model, np.zeros(example)).macs == macs


@pytest.mark.parametrize(
    ("nodes", "shape", "steps"),
    [
        # A batch, whose sequences have 7 steps, or one.
        ([node("Transpose", "x", "h", perm=[1, 0, 2]), LSTM], ("n", 7, 5), 7),
        ([node("Transpose", "x", "h", perm=[1, 0, 2]), LSTM], ("n", 1, 5), 1),
        ([node("LSTM", "x w r", hidden_size=6, layout=1)], ("n", 7, 5), 7),
        ([node("LSTM", "x w r", hidden_size=6, layout=1)], ("n", 1, 5), 1),
        ([node("Unsqueeze", "x zero", "h"), LSTM], ("n", 5), 1),
        # The columns of one image are the steps.
        ([node("Reshape", "x columns", "h"), LSTM], ("n", 7, 5), 7),
        # It takes no other number than 1.
        ([node("Reshape", "x step", "h"), LSTM], ("n", 5), 1),
        ([node("Identity", "x", "h"), LSTM], (7, 1, 5), 7),
    ],
)
def test_the_batch_of_a_recurrent_layer_may_be_open(nodes: Any, shape: Shape, steps: int) -> None:
    stored = {"w": (1, 24, 5), "r": (1, 24, 6), "zero": np.array([0])}
    stored |= {"columns": np.array([-1, 1, 5]), "step": np.array([1, 1, 5])}
    assert quiet(model_of(nodes, {"x": shape}, stored)).macs == steps * 24 * (5 + 6)


def test_an_input_may_have_any_name(
    tmp_path: Path, run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    model = model_of([node("MatMul", "model w")], {"model": ("n", "k", 6)}, {"w": (6, 5)})
    assert count(model, model=np.zeros((1, 7, 6))).macs == 7 * 30
    onnx.save(model, "m.onnx")
    assert run("count", "m.onnx", "--input", "model=1,7,6").fields["MACs"] == "210"


def test_experts_chosen_by_place_are_no_embedding() -> None:
    nodes = [
        node("Gather", "experts i", "e"),
        node("MatMul", "x e", "h"),
        node("Gather", "table i", "t"),
        node("Add", "h t"),
    ]
    stored = {
        name: np.random.default_rng(0).normal(size=shape).astype(np.float32)
        for name, shape in {"experts": (4, 8, 8), "table": (9, 8)}.items()
    }
    kinds = {"i": TensorProto.INT64}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = count(model_of(nodes, {"x": (1, 8), "i": (1,)}, stored, kinds=kinds))
    assert (found.params, found.embedding_params, found.macs) == (256 + 72, 72, 64)


def test_the_products_of_each_node() -> None:
    found = count(perceptron())
    assert found.products == (
        ("h", "Gemm", ((1, 8), (8, 16)), 128),
        ("y", "MatMul", ((1, 16), (16, 4)), 64),
    )
