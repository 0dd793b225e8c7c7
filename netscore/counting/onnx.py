"""The counter of ONNX models: onnx-tool's formulas over the shapes that onnx infers."""

from __future__ import annotations

import os
from importlib import metadata
from math import prod
from typing import TYPE_CHECKING, Any, Final

from netscore.checks import shown

if TYPE_CHECKING:
    from typing import TypeAlias

    import onnx

    Shape: TypeAlias = tuple[int, ...]

# Each operator that is counted: whose formula of onnx-tool counts it, and which of its inputs
# are multiplied. The others are biases, scales and zero points.
_PRODUCTS: Final = {
    "Conv": ("Conv", (0, 1)),
    "ConvInteger": ("Conv", (0, 1)),
    "ConvTranspose": ("Conv", (0, 1)),
    "Gemm": ("Gemm", (0, 1)),
    "MatMul": ("MatMul", (0, 1)),
    "MatMulInteger": ("MatMul", (0, 1)),
    "QLinearConv": ("Conv", (0, 3)),
    "QLinearMatMul": ("MatMul", (0, 3)),
}
# Operators that multiply and that onnx-tool does not count, or not alone.
_NO_PRODUCT_COUNT: Final = {
    "Attention", "CausalConvWithState", "DeformConv", "Einsum", "GRU", "LSTM", "LinearAttention",
    "RNN",
}  # fmt: skip
# Stored tensors up to this size may be arguments on which shapes depend.
_SMALL: Final = 1024


def count_onnx(
    model: Any, inputs: tuple[Any, ...], named: dict[str, Any]
) -> tuple[dict[str, Any], int, list[str]]:
    """Count an ONNX model, or the file of one, with onnx-tool.

    Returns the fields of a `Count`, the number of weights outside embeddings, and no operators:
    those that onnx-tool does not count are refused.
    """
    try:
        import onnx
        import onnx.inliner
        from onnx_tool import NODE_REGISTRY
    except ImportError as error:
        raise ImportError(
            "count needs onnx and onnx-tool for an ONNX model: install them with  "
            "pip install 'netscore[onnx]'"
        ) from error
    if not isinstance(model, onnx.ModelProto):
        model = _read(onnx, model)
    outline = _outline(onnx, model)
    if outline.functions:
        outline = onnx.inliner.inline_local_functions(outline)
    _check_operators(outline.graph)
    _fix_inputs(outline.graph, inputs)
    shapes = _shapes(onnx, outline)
    macs = 0
    for node in outline.graph.node:
        if node.op_type in _PRODUCTS:
            formula = NODE_REGISTRY[f"{_PRODUCTS[node.op_type][0]}Node"]
            macs += formula(node).profile(*_operands(node, shapes))[0]
    operators = {node.op_type for node in outline.graph.node}
    parameters = _parameters(onnx, outline.graph)
    fields = {
        "params": sum(map(prod, parameters.values())),
        "trainable_params": None,
        "macs": macs,
        "counter": f"onnx-tool {metadata.version('onnx-tool')}",
        "counts": tuple(sorted(operators & _PRODUCTS.keys())),
        "leaves_out": tuple(sorted(operators - _PRODUCTS.keys() - {"Constant"})),
        "input_shapes": tuple(_dims(value) for value in outline.graph.input),
    }
    tables = {node.input[0] for node in outline.graph.node if node.op_type == "Gather"}
    matrices = {name: shape for name, shape in parameters.items() if len(shape) > 1}
    return fields, sum(prod(matrices[name]) for name in matrices.keys() - tables), []


def _read(library: Any, path: str | os.PathLike[str]) -> Any:
    try:
        return library.load(path, load_external_data=False)
    except OSError:
        raise
    except Exception as error:  # of protobuf, which the reader of the text form may replace
        raise ValueError(f"count: {os.fspath(path)} is not an ONNX model") from error


def _outline(library: Any, model: onnx.ModelProto) -> onnx.ModelProto:
    """Return the model without the contents of its large tensors and without inferred shapes."""
    # From version 4 on, an initializer need not be repeated among the inputs.
    outline: onnx.ModelProto = library.ModelProto(
        ir_version=max(model.ir_version, 4),
        opset_import=model.opset_import,
        functions=model.functions,
    )
    graph = outline.graph
    graph.name = model.graph.name
    graph.node.extend(model.graph.node)
    stored = {tensor.name for tensor in model.graph.initializer}
    graph.input.extend(value for value in model.graph.input if value.name not in stored)
    graph.output.extend(library.ValueInfoProto(name=value.name) for value in model.graph.output)
    for tensor in model.graph.initializer:
        beside = tensor.data_location == library.TensorProto.EXTERNAL
        if prod(tensor.dims) <= _SMALL and not beside:
            graph.initializer.append(tensor)
        else:
            graph.initializer.add(name=tensor.name, dims=tensor.dims, data_type=tensor.data_type)
    return outline


def _check_operators(graph: onnx.GraphProto) -> None:
    if not graph.node:
        raise ValueError("count: the ONNX model has no operators")
    uncounted = {
        f"{node.domain}.{node.op_type}".lstrip(".")
        for node in graph.node
        if node.domain not in ("", "ai.onnx")
        or node.op_type in _NO_PRODUCT_COUNT
        or any(attribute.HasField("g") for attribute in node.attribute)
    }
    if uncounted:
        raise ValueError(
            "count: onnx-tool does not count the multiply-accumulates of "
            f"{', '.join(sorted(uncounted))}; count the model in the framework that made it"
        )


def _fix_inputs(graph: onnx.GraphProto, inputs: tuple[Any, ...]) -> None:
    """Give the graph's inputs the shapes of the example inputs, or check that they have one."""
    if inputs and len(inputs) != len(graph.input):
        names = ", ".join(value.name for value in graph.input)
        raise ValueError(
            f"count: the ONNX model takes {len(graph.input)} inputs ({names}), got {len(inputs)}"
        )
    for value, example in zip(graph.input, inputs):
        shape = getattr(example, "shape", None)
        if shape is None:
            raise TypeError(f"count: example inputs must be arrays, got {shown(example)}")
        declared = value.type.tensor_type.shape
        if not value.type.tensor_type.HasField("shape"):
            declared.dim.extend(type(declared).Dimension() for _ in shape)
        if len(shape) != len(declared.dim) or any(
            size != dim.dim_value for size, dim in zip(shape, declared.dim) if dim.dim_value > 0
        ):
            raise ValueError(
                f"count: input {value.name} of the ONNX model has the shape {_shape_text(value)}, "
                f"got an example of shape {tuple(shape)}"
            )
        for size, dim in zip(shape, declared.dim):
            dim.dim_value = size
    for value in graph.input:
        tensor = value.type.tensor_type
        if not tensor.HasField("shape") or any(dim.dim_value < 1 for dim in tensor.shape.dim):
            raise ValueError(
                f"count: the ONNX model leaves the shape of its input {value.name} open, "
                f"{_shape_text(value)}: pass example inputs"
            )


def _shape_text(value: onnx.ValueInfoProto) -> str:
    dims = value.type.tensor_type.shape.dim
    sizes = [str(dim.dim_value) if dim.dim_value > 0 else dim.dim_param or "?" for dim in dims]
    return f"({', '.join(sizes)})"


def _dims(value: onnx.ValueInfoProto) -> Shape:
    return tuple(dim.dim_value for dim in value.type.tensor_type.shape.dim)


def _shapes(library: Any, outline: onnx.ModelProto) -> dict[str, Shape]:
    """Return the shape of each tensor, as far as the operators determine it."""
    try:
        inferred = library.shape_inference.infer_shapes(outline, strict_mode=True, data_prop=True)
    except library.shape_inference.InferenceError as error:
        reason = str(error).splitlines()[0]
        raise ValueError(f"count: the shapes of the ONNX model do not fit: {reason}") from error
    graph = inferred.graph
    shapes = {
        value.name: _dims(value)
        for value in (*graph.value_info, *graph.input, *graph.output)
        if value.type.tensor_type.HasField("shape")
    }
    shapes.update((tensor.name, tuple(tensor.dims)) for tensor in graph.initializer)
    return {name: shape for name, shape in shapes.items() if all(shape)}


def _operands(node: onnx.NodeProto, shapes: dict[str, Shape]) -> tuple[list[Any], list[Any]]:
    """Return the tensors that the operator multiplies, and its result, as onnx-tool takes them."""
    from onnx_tool.tensor import Tensor

    where = f"{node.op_type} {node.name or node.output[0]}"
    names = [node.input[position] for position in _PRODUCTS[node.op_type][1]]
    # A transposed convolution multiplies as often as the convolution that undoes its shape.
    names.append(names[0] if node.op_type == "ConvTranspose" else node.output[0])
    tensors = []
    for name in names:
        if name not in shapes:
            raise ValueError(
                f"count: the shape of {name}, of {where}, does not follow from the ONNX model; "
                "fold its constants first"
            )
        tensor = Tensor(name)
        tensor.update_shape(list(shapes[name]))
        tensors.append(tensor)
    if len(tensors[1].shape) < 2:
        raise ValueError(f"count: onnx-tool does not count {where}, a product with a vector")
    return tensors[:2], tensors[2:]


def _parameters(library: Any, graph: onnx.GraphProto) -> dict[str, Shape]:
    """Return the names and shapes of the stored tensors that are parameters."""
    stored = {tensor.name: tensor for tensor in graph.initializer}
    read: set[str] = set()
    for node in graph.node:
        read.update(node.input[: 3 if node.op_type == "BatchNormalization" else None])
        if node.op_type == "Constant":
            stored.update((node.output[0], a.t) for a in node.attribute if a.name == "value")
    kinds = library.TensorProto
    return {
        name: tuple(tensor.dims)
        for name, tensor in stored.items()
        if name in read
        and tensor.dims
        and tensor.data_type not in (kinds.INT64, kinds.BOOL, kinds.STRING)
    }
