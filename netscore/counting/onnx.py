"""The counter of ONNX models: onnx-tool's formulas over the shapes that onnx infers."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from functools import cache
from importlib import metadata
from math import inf, prod
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from netscore.checks import extra, shown
from netscore.counting.operators import is_table, kinds_of, spread
from netscore.layout import counted, printable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    import onnx

    from netscore.counting import Product

Shape: TypeAlias = tuple[int, ...]


def _at(places: str, names: Sequence[str]) -> list[str]:
    """Return the names at the places of a list, 0,3,8, or of a range, 2:9999:3."""
    numbers = [int(number) for number in re.findall(r"\d+", places)]
    return [names[at] for at in (range(*numbers) if ":" in places else numbers) if at < len(names)]


# The versions of the operator sets that were read: what a later one adds may multiply.
_KNOWN: Final = {"": 28, "ai.onnx.ml": 5}
_KINDS: Final = kinds_of("onnx")
_PRODUCTS: Final = _KINDS["products"]
_PLUG_INS: Final = re.compile("nms|nonmaxsuppression|roi_?align|tokenizer", re.IGNORECASE)
_FLOATING: Final = re.compile("B?FLOAT|DOUBLE|COMPLEX")
# With another equation, onnx may look for an arrow without end.
_EQUATION: Final = re.compile(rb"[A-Za-z. ]*(,[A-Za-z. ]*)*(->[A-Za-z. ]*)?")
_GATES: Final = {"GRU": 3, "LSTM": 4, "RNN": 1}
_TURNED: Final = {"channels_last", "gather_axis", "qkv_hidden_sizes"}
_RANDOM: Final = re.compile("Random|Bernoulli|Multinomial")
# Whose input onnx reads without asking whether its type is known, which may end the process.
_TRUSTING: Final = {"EyeLike", "RegexFullMatch"}
# Tensors up to this size may be arguments on which shapes depend.
_SMALL: Final = 1024
_ELSEWHERE: Final = "count the model in the framework that made it"
# How deep functions may call each other, and how many nodes they may make.
_DEEPEST, _LARGEST = 50, 10**6


def count_onnx(model: Any, inputs: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
    """Count an ONNX model, or the file of one, with onnx-tool.

    Returns the fields of a `Count` but those that follow from its products, the number of weights
    outside embeddings, and the sizes of integers that may be weights.
    """
    onnx_tool, onnx = (extra("count", library, "onnx") for library in ("onnx_tool", "onnx.inliner"))
    if not isinstance(model, onnx.ModelProto):
        model = _read(onnx, model)
    try:
        walk = _Walk(onnx, model)
        opened = _fix_inputs(walk, inputs, named)
        walk.over(walk.graph)
        if opened and (times := walk.times()):
            # A time that follows the open dimension is no batch; of a batch alone there are as many
            # steps as it has examples, each with its own.
            longer, many = _Walk(onnx, model), 64
            _fix_inputs(longer, inputs, named, batch=many)
            with suppress(Exception):  # of a node that takes no 64: those before it are known
                longer.over(longer.graph)
            for where, time in longer.times().items():
                if times[where] != time and (times[where] == 1 or time != many * times[where]):
                    raise ValueError(
                        f"count: the ONNX model leaves the time of {where} open, the first "
                        f"dimension of its input {' or '.join(opened)}: pass example inputs"
                    )
        parameters, tables, integers = walk.parameters()
    except Exception as error:  # of any kind, from onnx, its evaluator or onnx-tool
        if str(error).startswith("count: "):
            raise type(error)(printable(str(error))[:1000]) from None
        text = f"count: the ONNX model is damaged: {type(error).__name__}: {error}"
        raise ValueError(printable(text)[:1000]) from error
    embeddings = sum(prod(s) for name, s in parameters.items() if name in tables and is_table(s))
    weights = (prod(s) for name, s in parameters.items() if name not in tables and spread(s) > 1)
    counted = {operator for _, operator, _, _ in walk.products}
    fields = {
        "params": sum(map(prod, parameters.values())),
        "trainable_params": None,
        "counter": f"onnx-tool {metadata.version(onnx_tool.__name__)}",
        "leaves_out": tuple(sorted(walk.operators - counted - _KINDS["moves"].keys())),
        "input_shapes": tuple(_dims(value.type) for value in walk.graph.input),
        "embedding_params": embeddings,
        "products": tuple(walk.products),
    }
    return fields, sum(weights), integers


def _read(library: Any, path: str | os.PathLike[str]) -> Any:
    try:
        return library.load(path, load_external_data=False)
    except OSError:
        raise
    except Exception as error:  # of protobuf, which the reader of the text form may replace
        raise ValueError(f"count: {os.fspath(path)} is not an ONNX model") from error


class _Walk:
    """What is known of each tensor behind the nodes that were walked over, and their products."""

    def __init__(self, library: Any, model: onnx.ModelProto) -> None:
        stored = {tensor.name for tensor in model.graph.initializer}
        # The weights stay where they are: their contents are not copied. From version 4 on, they
        # need not be repeated among the inputs.
        self.version = max(model.ir_version, 4)
        outline = library.ModelProto(ir_version=self.version, opset_import=model.opset_import)
        outline.functions.extend(model.functions)
        outline.graph.name = "outline"
        outline.graph.node.extend(model.graph.node)
        outline.graph.input.extend(v for v in model.graph.input if v.name not in stored)
        outline.graph.output.extend(library.ValueInfoProto(name=v.name) for v in model.graph.output)
        graphs = (outline.graph, *outline.functions)
        for number, node in enumerate(node for graph in graphs for node in _nested(graph)):
            # The number goes into all copies of a function, unless they take their own attributes.
            own = any(attribute.ref_attr_name for attribute in node.attribute)
            node.doc_string = "" if own else str(number)
            _check_node(node)
        if outline.functions:
            _check_functions(outline)
            outline = library.inliner.inline_local_functions(outline, convert_version=True)
        left = {f"{function.domain}.{function.name}" for function in outline.functions}
        if left := left.intersection(map(_name, _nested(outline.graph))):
            raise ValueError(
                f"count: the function {min(left)} of the ONNX model takes its operators from other "
                "versions of their sets than the model"
            )
        self.library, self.graph = library, outline.graph
        self.operators = {*map(_name, self.graph.node)}
        _drop_unused(self.graph)
        _rename_inside(self.graph, {})
        self.sets = [each for each in outline.opset_import if each.domain in ("ai.onnx", *_KNOWN)]
        self.types: dict[str, onnx.TypeProto] = {}
        self.values: dict[str, onnx.TensorProto] = {}
        self.stored: dict[str, onnx.TensorProto] = {}
        # Constants by their numbers, and those that are copies of them.
        self.constants: dict[str, str] = {}
        self.copies: set[str] = set()
        # Operators, what they return, and of what it is made.
        self.steps: list[tuple[str, Sequence[str], Collection[str]]] = []
        # What may be read: inputs and what is stored or made before.
        self.made: set[str] = set()
        self.weights: set[str] = set()
        self.scales: set[str] = set()
        # What others are written into.
        self.canvases: set[str] = set()
        self.products: list[Product] = []
        self._store_all(model.graph)
        if not self.graph.node:
            raise ValueError("count: the ONNX model has no operators")
        _refuse({_name(node) for node in _nested(self.graph) if _may_multiply(library, node)})

    def _store_all(self, graph: onnx.GraphProto) -> None:
        for tensor in graph.initializer:
            self._store(tensor.name, tensor)
        for sparse in graph.sparse_initializer:
            self._store(sparse.values.name, self._outline(sparse.values, sparse.dims))

    def _store(self, name: str, tensor: onnx.TensorProto) -> None:
        make, size = self.library.helper.tensor_dtype_to_np_dtype, prod(tensor.dims)
        # Numbers of 4 or 2 bits are packed.
        sizes = (size * make(tensor.data_type).itemsize, (size + 1) // 2, (size + 3) // 4)
        if min(tensor.dims, default=0) < 0 or len(tensor.raw_data) not in (0, *sizes):
            raise ValueError(
                f"count: the tensor {name} of the ONNX model has the shape {(*tensor.dims,)} and "
                f"{len(tensor.raw_data)} bytes"
            )
        self.stored[name] = tensor
        self.made.add(name)
        self._know(name, tensor)

    def _outline(self, like: str | onnx.TensorProto, dims: Sequence[int]) -> onnx.TensorProto:
        """Return a tensor of a known type, whose contents are elsewhere."""
        kind = self.types[like].tensor_type.elem_type if isinstance(like, str) else like.data_type
        make = self.library.TensorProto
        return make(data_type=kind, dims=dims, data_location=make.EXTERNAL)

    def _know(self, name: str, tensor: onnx.TensorProto) -> None:
        make = self.library.helper.make_tensor_type_proto
        self.types[name] = make(tensor.data_type, tensor.dims)
        self.values.pop(name, None)
        if prod(tensor.dims) <= _SMALL and tensor.data_location != tensor.EXTERNAL:
            self.values[name] = tensor

    def over(self, graph: onnx.GraphProto, runs: bool = True) -> None:
        """Walk over the nodes of a graph, in their order; if it may not run, for its parameters."""
        self._store_all(graph)
        self.made.update(value.name for value in graph.input)
        if runs:
            self.types.update((value.name, value.type) for value in graph.input)
            self.operators.update(map(_name, graph.node))
        for node in graph.node:
            bodies, branches = _attributes(node, "g"), node.op_type == "If"
            if known := branches and node.input[0] in self.values:
                holds = self.library.numpy_helper.to_array(self.values[node.input[0]]).any()
                bodies = {"taken": bodies["then_branch" if holds else "else_branch"]}
            else:
                _refuse({_name(node) for one in _inside(node) if _operator(one)[0] in _PRODUCTS})
                self._step(node, runs)
            for body in bodies.values():
                self.over(body, runs and known)
                made = [value.name for value in body.output]
                for at, name in enumerate(node.output):
                    # All that a loop makes may be part of what it returns.
                    of = made[at : at + 1] if branches else made
                    result = self.library.helper.make_node("Identity", of, [name])
                    self._step(result, runs and known)
                # What a loop carries has the shape in which it began, if the body says so.
                carried = zip(node.output, node.input[2:], body.output[1:])
                for name, begin, end in carried if node.op_type == "Loop" else ():
                    if end.type == self.types.get(begin):
                        self.types[name] = end.type

    def _step(self, node: onnx.NodeProto, runs: bool = True) -> None:
        """Find what a node returns, as far as it can be known, and count its product."""
        name, (kind, inputs) = _name(node), _operator(node)
        numbers, place = _attributes(node, "i"), _place(node)
        where = f"{node.op_type} {place}"
        if missing := {*filter(None, node.input)} - self.made:
            raise ValueError(
                f"count: the ONNX model is damaged: no node before {where} makes {min(missing)}"
            )
        self.made.update(node.output)
        if node.domain == "com.microsoft":
            inputs = self._operands(node, inputs, where)
        domain = node.domain.replace("com.microsoft", "")
        plain = self.library.NodeProto(op_type=kind, domain=domain, input=inputs)
        plain.output.extend(node.output)
        plain.attribute.extend(node.attribute)
        made_of = _made_of(node)
        if kind == "DynamicQuantizeLinear":
            self.scales.add(node.output[1])
        elif kind == "Mul" and self.scales & {*inputs} and self.stored.keys() & {*inputs}:
            made_of = []  # of scales
        elif "Scatter" in kind:
            self.canvases.update(inputs[:1])
        self.steps.append((kind, node.output, made_of))
        if node.op_type.startswith(("GatherBlock", "QEmbed", "QLinear")):
            self.weights.update(made_of)  # as integers
        constant = _attributes(node, "t").get("value") if kind == "Constant" else None
        if constant:
            # A number among the nodes is an argument, no parameter.
            note = self._know if prod(constant.dims) == 1 else self._store
            note(node.output[0], constant)
        elif kind in _KINDS["elementwise"] and inputs[0] in self.types:
            self.types.update(dict.fromkeys(node.output, self.types[inputs[0]]))
        elif (runs or kind == "Constant") and kind not in _KINDS["none"] and not _is_fused(node):
            self._infer(plain, {*filter(None, inputs)} | _reads(node).difference(node.input))
            # Beyond its table, a quantised one looks up zeros.
            if node.op_type != "GatherBlockQuantized" and (said := self._correct(plain)):
                raise ValueError(
                    f"count: the ONNX model does not take inputs of these shapes: {where} {said}; "
                    "pass those it was exported with, or export it with these, or with dynamic "
                    "shapes by torch.onnx.export(..., dynamo=True)"
                )
        if kind == "Constant" and prod(shape := self._shape(node.output[0]) or ()) > 1:
            self.stored.setdefault(node.output[0], self._outline(node.output[0], shape))
            first = self.constants.setdefault(node.doc_string or node.output[0], node.output[0])
            if first != node.output[0]:
                self.copies.add(node.output[0])
                self.steps.append(("Identity", node.output, [first]))
        if kind not in _PRODUCTS:
            return
        names = _at(_PRODUCTS[kind], inputs)
        shapes = [self._known(each, where) if each else () for each in names]
        result = shapes[0]
        if _is_fused(node):
            query, _, value = _heads(numbers, *shapes)
            result = (query[0], query[2], query[1] * value[3])
            self._know(node.output[0], self._outline(inputs[0], result))
        elif kind in ("AffineGrid", "Conv", "Gemm", "MatMul"):
            result = self._known(node.output[0], where)
            bias = next((self._shape(each) for each in inputs[2:3] if each), None) or ()
            sizes = result if kind == "Gemm" else result[1:2]
            if any(size not in (1, n) for size, n in zip(bias[::-1], sizes[::-1])):
                raise _misfit(node, [*shapes, bias])
        # A transposed convolution multiplies as often as the convolution that undoes its shape.
        if (macs := _macs(plain, (*shapes, result))) is None:
            raise _misfit(node, filter(None, shapes))
        if macs:
            self.weights.update(made_of)
            self.products.append((place, name, tuple(filter(None, shapes)), macs))

    def _operands(self, node: onnx.NodeProto, inputs: list[str], where: str) -> list[str]:
        """Return what an operator of ONNX Runtime multiplies, which it makes of its inputs."""
        numbers = _attributes(node, "i")
        if node.op_type == "FusedMatMul":
            return [self._turned(name, at, numbers, where) for name, at in zip(inputs, "AB")]
        if node.op_type in ("MatMulBnb4", "MatMulNBits"):
            # Several numbers in a byte, of the matrix that its attributes describe.
            _refuse([] if inputs[1] in self.stored else [_name(node)])
            self._store(inputs[1], self._outline(inputs[0], (numbers["K"], numbers["N"])))
        if node.op_type == "GatherBlockQuantized":
            _refuse([] if inputs[0] in self.stored else [_name(node)])
            table = self.stored[inputs[0]]
            if table.data_type == table.UINT8:
                dims = (*table.dims[:-1], table.dims[-1] * 8 // numbers.get("bits", 4))
                self._store(inputs[0], self._outline(node.input[2], dims))
        if node.op_type in ("Attention", "QAttention"):
            # Queries, keys and values in one, the product with the second input.
            three, make = f"three of {where}", self.library.helper.make_node
            self._step(make("MatMul", inputs[:2], [three], _place(node)))
            return [three, "", "", *inputs[3:]]
        return inputs

    def _infer(self, node: onnx.NodeProto, reads: set[str]) -> None:
        """Infer the types of the results, and their contents where shapes may depend on them."""
        library = self.library
        if node.op_type in _TRUSTING and not reads & self.types.keys():
            return
        graph = library.GraphProto(name="node", node=[node])
        for name in reads & self.types.keys():
            if name in self.values:
                graph.initializer.add().CopyFrom(self.values[name])
                graph.initializer[-1].name = name
            else:
                graph.input.add(name=name, type=self.types[name])
        graph.output.extend(library.ValueInfoProto(name=name) for name in node.output if name)
        model = library.ModelProto(ir_version=self.version, opset_import=self.sets, graph=graph)
        try:
            model = library.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
        except library.shape_inference.InferenceError as error:
            if reads > self.types.keys() & reads or _PLUG_INS.search(node.op_type):
                return
            reason = str(error).splitlines()[0]
            raise ValueError(f"count: the shapes of the ONNX model do not fit: {reason}") from error
        self.types.update((v.name, v.type) for v in model.graph.output if v.HasField("type"))
        shapes = [self._shape(name) for name in node.output if name]
        sizes = [inf if shape is None else prod(shape) for shape in shapes]
        small = node.op_type == "NonZero" or max(sizes) <= _SMALL
        of_shape = node.op_type in ("Shape", "Size") and self._shape(node.input[0]) is not None
        known = not graph.input or of_shape
        if small and known and node.op_type not in _PRODUCTS and not _RANDOM.match(node.op_type):
            self._evaluate(model, node)

    def _correct(self, node: onnx.NodeProto) -> str:
        """Correct onnx on pools; say how a node does not take its inputs where onnx lets it."""
        kind, result = node.op_type, self._shape(node.output[0])
        first, second = (*map(self._shape, node.input), (), ())[:2]
        if first is None:
            return ""
        if kind in ("DepthToSpace", "Reshape", "SpaceToDepth"):
            if result is not None and prod(result) != prod(first):
                return f"makes {result} of {first}"
        elif kind == "Gather" and node.input[1] in self.values:
            places = self.library.numpy_helper.to_array(self.values[node.input[1]])
            size = first[_attributes(node, "i").get("axis", 0)]
            if (wrong := places[(places < -size) | (places >= size)]).size:
                return f"looks up place {wrong[0]} in a table of {size}"
        elif kind in ("AveragePool", "Conv", "LpPool", "MaxPool"):
            window = _ints(node).get("kernel_shape") or (second or ())[2:]
            places = [*_places(first[2:], window, node)]
            if any(place < 1 <= size for place, size in zip(places, first[2:])):
                return f"moves a window of {window} over {first}"
            for name in filter(None, node.output if kind != "Conv" else ()):
                for dim, place in zip(self.types[name].tensor_type.shape.dim[2:], places):
                    dim.dim_value = place
        return ""

    def _evaluate(self, model: onnx.ModelProto, node: onnx.NodeProto) -> None:
        import numpy as np
        from onnx.reference import ReferenceEvaluator

        names, zero = [value.name for value in model.graph.input], np.float32(0)
        # Of any kind: then the contents stay unknown.
        with suppress(Exception), np.errstate(all="ignore"):
            zeros = {name: np.broadcast_to(zero, self._shape(name) or ()) for name in names}
            for name, result in zip(node.output, ReferenceEvaluator(model).run(None, zeros)):
                self._know(name, self.library.numpy_helper.from_array(np.asarray(result)))

    def _shape(self, name: str) -> Shape | None:
        tensor = self.types[name].tensor_type if name in self.types else None
        if tensor is None or not tensor.HasField("shape"):
            return None
        known = all(dim.HasField("dim_value") and dim.dim_value >= 0 for dim in tensor.shape.dim)
        return _dims(self.types[name]) if known else None

    def times(self) -> dict[str, int]:
        """Return how many steps the recurrent nodes make whose input has a shape."""
        return {
            f"{node.op_type} {_place(node)}": shape[_attributes(node, "i").get("layout", 0)]
            for node in _nested(self.graph)
            if _operator(node)[0] in _GATES and (shape := self._shape(node.input[0]))
        }

    def _known(self, name: str, where: str) -> Shape:
        shape = self._shape(name)
        if shape is None:
            advice = "fold its constants first, with  onnxslim MODEL.onnx FOLDED.onnx"
            if self.operators & {"Loop", "Scan"}:  # which it does not unroll
                advice = _ELSEWHERE
            raise ValueError(
                f"count: the shape of {name}, of {where}, does not follow from the ONNX model; "
                f"{advice}"
            )
        return shape

    def _turned(self, name: str, at: str, numbers: dict[str, int], where: str) -> str:
        """Return the name of what a fused product makes of an operand before it multiplies."""
        shape = self._known(name, where)
        if numbers.get(f"transBatch{at}"):
            shape = (*shape[1:-1], shape[0], shape[-1])
        if numbers.get(f"trans{at}"):
            shape = (*shape[:-2], shape[-1], shape[-2])
        self._know(f"{at} of {where}", self._outline(name, shape))
        return f"{at} of {where}"

    def parameters(self) -> tuple[dict[str, Shape], set[str], list[tuple[str, int]]]:
        """Return the parameters, the names of what is looked up, and what may be parameters.

        The first are shapes by names, the last the sizes of matrices of integers.
        """
        # From the results back to what they are made of.
        weights, tables = {*self.weights}, set[str]()
        live = weights | {value.name for value in self.graph.output}
        for kind, results, made_of in reversed(self.steps):
            if live.isdisjoint(results):
                continue
            live.update(made_of)
            for names, first in ((weights, "DequantizeLinear"), (tables, "Gather")):
                if kind == first or (kind in _KINDS["carriers"] and results[0] in names):
                    names.update(made_of)
        # What is learned and still zero is no constant among the nodes.
        blank = self.canvases.union(self.constants.values())
        found: dict[str, Shape] = {}
        integers: list[tuple[str, int]] = []
        seen: set[int] = set()
        # Tables first, as a layer may be tied to one.
        stored = (self.stored.keys() & live) - self.copies
        for name in sorted(stored, key=lambda name: (name not in tables, name)):
            tensor = self.stored[name]
            kind = self.library.TensorProto.DataType.Name(tensor.data_type)
            if not tensor.dims or 0 in tensor.dims or kind in ("INT64", "BOOL", "STRING"):
                continue
            array: Any = None
            matrix = len(tensor.dims) > 1 or name in self.canvases
            if matrix and tensor.data_location != tensor.EXTERNAL:
                with suppress(ValueError):  # of an outline, which has only shapes
                    array = self.library.numpy_helper.to_array(tensor)
            if array is not None:
                varies = array.min() != array.max()
                tied = varies and seen and hash(array.tobytes()) in seen
                unwritten = name in blank and not array.any()
                if tied if name in weights - tables else unwritten or _is_fixed(array):
                    continue
                # What is tied to a table may be stored turned.
                if varies and name in tables:
                    seen.update(hash(each.tobytes()) for each in (array, array.T))
            if name in weights or _FLOATING.match(kind):
                found[name] = tuple(tensor.dims)
            elif spread(tensor.dims) > 1:
                integers.append((name, prod(tensor.dims)))
        return found, tables, integers


def _is_fixed(array: Any) -> bool:
    """Whether a table holds a mask, or the sines and cosines of positions, and was not learned."""
    low, high = array.min(), array.max()
    # What is the same everywhere was not trained yet, unless it is a mask that hides nothing.
    if low == high:
        return bool(low == 0 and 1 < array.shape[-1] == array.shape[-2])
    if 0 in (low, high) and ((array == low) | (array == high)).all():
        return True
    if low < -1 or not 0.8 < high <= 1:
        return False
    rows = array.reshape(-1, array.shape[-1])
    # Zeros, for padding, may come before both an embedding and the angle 0, where sines are 0 and
    # cosines 1. Among sines alone, sin(2a) is 2 sin(a) cos(a).
    first, doubles = rows[rows.any(axis=1).argmax()], rows[2::2] ** 2
    squares = rows[1 : len(doubles) + 1] ** 2
    sines = not rows[0].any() and (abs(doubles - 4 * squares * (1 - squares)) < 0.1).all()
    return bool(((first == 0) | (first == 1)).all() or (sines and len(doubles)))


def _drop_unused(graph: onnx.GraphProto) -> None:
    """Drop the nodes on which no result depends."""
    used = {value.name for value in graph.output}
    for at in reversed(range(len(graph.node))):
        if used.isdisjoint(graph.node[at].output):
            del graph.node[at]
        else:
            used |= _reads(graph.node[at])


def _rename_inside(graph: onnx.GraphProto, names: Mapping[str, str]) -> None:
    """Give what the graphs in a graph define names of its own, as two of them may share one."""
    for node in graph.node:
        node.input[:] = [names.get(name, name) for name in node.input]
        node.output[:] = [names.get(name, name) for name in node.output]
        for attribute, body in _attributes(node, "g").items():
            where = f"{attribute} of {next(filter(None, node.output), '')}"
            named = [*body.input, *body.initializer, *(s.values for s in body.sparse_initializer)]
            made = {name for each in body.node for name in each.output if name}
            made.update(each.name for each in named)
            inner = {**names, **{name: f"{name} of {where}" for name in made}}
            for each in (*named, *body.output):
                each.name = inner.get(each.name, each.name)
            _rename_inside(body, inner)


def _refuse(uncounted: Collection[str]) -> None:
    if uncounted:
        # What ONNX Runtime saves for one kind of processor.
        tuned = any(".nchwc." in name for name in uncounted)
        raise ValueError(
            "count: onnx-tool does not count the multiply-accumulates of "
            f"{', '.join(sorted(uncounted))}; "
            f"{'save it with ORT_ENABLE_EXTENDED' if tuned else _ELSEWHERE}"
        )


def _places(image: Shape, window: Shape, node: onnx.NodeProto) -> Iterator[int]:
    """Yield how many places a window has in each dimension of an image, if they say so."""
    if _attributes(node, "s").get("auto_pad", b"").startswith(b"SAME"):
        return
    ints, ones = _ints(node), (1,) * len(window)
    strides, dilations = (ints.get(name) or ones for name in ("strides", "dilations"))
    pads = ints.get("pads") or (0,) * 2 * len(window)
    of_dims = zip(image, window, strides, dilations, pads, pads[len(window) :])
    for size, width, stride, dilation, before, after in of_dims:
        room = size + before + after - dilation * (width - 1) - 1
        if _attributes(node, "i").get("ceil_mode"):
            # The last place may end outside, but begins before the padding at the end.
            yield min(-(-room // stride), (size + before - 1) // stride) + 1
        else:
            yield room // stride + 1


def _misfit(node: onnx.NodeProto, found: Iterable[object]) -> ValueError:
    return ValueError(
        f"count: the shapes and attributes of {node.op_type} {_place(node)} do not fit: "
        f"{' and '.join(map(str, found))}"
    )


def _may_multiply(library: Any, node: onnx.NodeProto) -> bool:
    """Whether an operator may multiply and has no formula."""
    kind = _operator(node)[0]
    if kind in {**_KINDS["elementwise"], **_KINDS["none"]} or _PLUG_INS.search(node.op_type):
        return False
    # What has its channels last, or looks up columns, is computed as no operator of ONNX.
    if _TURNED & {each.name for each in node.attribute if each.i or each.ints}:
        return True
    if _is_fused(node):
        return "num_heads" not in _attributes(node, "i")
    domain, _, name = kind.rpartition(".")
    try:
        library.defs.get_schema(name, _KNOWN.get(domain, 0), domain)
    except library.defs.SchemaError:
        return True
    if node.op_type == "Einsum":
        return not _EQUATION.fullmatch(_attributes(node, "s").get("equation", b""))
    return name in _KINDS["no_formula"]


def _name(node: onnx.NodeProto) -> str:
    name = str(node.op_type)  # bytes, where it is no text
    return name if node.domain in ("", "ai.onnx") else f"{node.domain}.{name}"


def _place(node: onnx.NodeProto) -> str:
    return str(node.name or next(filter(None, node.output), ""))


def _entry(kind: str, node: onnx.NodeProto) -> str | None:
    """Return what the text file says of an operator, of ONNX Runtime without its domain."""
    name, known = _name(node), _KINDS[kind]
    return known.get(name, known.get(name.removeprefix("com.microsoft.")))


def _operator(node: onnx.NodeProto) -> tuple[str, list[str]]:
    """Return the operator of ONNX itself that a node is or stands for, and the inputs of that."""
    name = _name(node).removeprefix("com.microsoft.")
    kind, _, places = (_entry("stand_ins", node) or name).partition("=")
    return kind, _at(places or "0:9999", node.input)


def _made_of(node: onnx.NodeProto) -> list[str]:
    """Return the inputs that become part of the result."""
    kind, inputs = _operator(node)
    if (places := _entry("arguments", node)) is not None:
        return _at(places, node.input)
    return _at(_KINDS["arguments"].get(kind, "0:9999"), inputs)


def _is_fused(node: onnx.NodeProto) -> bool:
    """Whether a node is an attention of ONNX Runtime."""
    return _operator(node)[0] == "Attention" != _name(node)


def _nested(graph: onnx.GraphProto) -> Iterator[onnx.NodeProto]:
    """Yield the nodes of a graph and of the graphs in it."""
    for node in graph.node:
        yield from (node, *_inside(node))


def _inside(node: onnx.NodeProto) -> Iterator[onnx.NodeProto]:
    for attribute in node.attribute:
        yield from _nested(attribute.g)


def _reads(node: onnx.NodeProto) -> set[str]:
    return {name for each in (node, *_inside(node)) for name in each.input if name}


def _attributes(node: onnx.NodeProto, field: str) -> dict[str, Any]:
    return {a.name: getattr(a, field) for a in node.attribute if a.HasField(field)}


def _ints(node: onnx.NodeProto) -> dict[str, Shape]:
    return {attribute.name: tuple(attribute.ints) for attribute in node.attribute}


def _check_node(node: onnx.NodeProto) -> None:
    """Refuse a node for which onnx, which does not look, may end the process."""
    if _name(node) in _TRUSTING and not any(node.input):
        raise _misfit(node, ["no input"])
    results = len(node.output)
    for attribute in node.attribute if _name(node) == "Split" else ():
        if attribute.name == "num_outputs":
            # What a call of a function says is known only after onnx has converted the function.
            if attribute.ref_attr_name:
                attribute.ref_attr_name, attribute.i = "", results
            if attribute.i != results:
                raise _misfit(node, [f"num_outputs {attribute.i}", counted(results, "result")])


def _check_functions(model: onnx.ModelProto) -> None:
    """Refuse functions that call each other, or themselves, without end or too often."""
    bodies = {(f.domain, f.name): [*_nested(f)] for f in model.functions}
    bodies["", ""] = [*_nested(model.graph)]

    @cache
    def size(name: tuple[str, str], level: int) -> float:
        calls = (size((node.domain, node.op_type), level + 1) for node in bodies.get(name, ()))
        return inf if level > _DEEPEST else 1 + sum(calls)

    if max(size(name, 0) for name in bodies) > _LARGEST:
        raise ValueError(
            f"count: the functions of the ONNX model call each other more than {_DEEPEST} levels "
            f"deep or make it longer than {_LARGEST:,} nodes"
        )


def _macs(node: onnx.NodeProto, shapes: tuple[Shape, ...]) -> int | None:
    """Return the multiply-accumulates of a node from the shapes of its operands and result.

    None if these contradict each other where onnx does not see it.
    """
    from onnx_tool import NODE_REGISTRY
    from onnx_tool.tensor import Tensor

    kind, (left, right, *more), numbers = node.op_type, shapes, _attributes(node, "i")
    if kind in _GATES:
        directions = 1 + (_attributes(node, "s").get("direction") == b"bidirectional")
        states = numbers.get("hidden_size", min(more[0][1:]))
        rows = _GATES[kind] * states
        # ONNX Runtime stores some weights turned.
        wanted = [sorted((directions, rows, columns)) for columns in (left[2], states)]
        fits = wanted == [sorted(right), sorted(more[0])]
        return prod(left[:2]) * (prod(right) + prod(more[0])) if fits else None
    if kind == "Einsum":
        return _einsum(_attributes(node, "s")["equation"].decode(), shapes[:-1])
    if kind == "Attention":
        return _attention(numbers, *shapes[:-1])
    if kind == "AffineGrid":
        # Of places with a 1 behind them, as many as there are in the grid.
        fits = left == (right[0], right[-1], right[-1] + 1)
        return prod(right) * left[-1] if fits else None
    if kind.startswith("Conv"):
        group = numbers.get("group", 1)
        channels = right[0] if kind == "ConvTranspose" else right[1] * group
        kernel = _ints(node).get("kernel_shape", right[2:])
        if group < 1 or right[0] % group or channels != left[1] or kernel != right[2:]:
            return None
    # A vector is a matrix of one column, a number a vector of one.
    tensors = [Tensor(""), Tensor(""), Tensor("")]
    for tensor, shape in zip(tensors, (left, right if right[1:] else (*right, 1), more[0] or (1,))):
        tensor.update_shape([*shape])
    formula = NODE_REGISTRY[f"{kind.removesuffix('Transpose')}Node"](node)
    return int(formula.profile(tensors[:2], tensors[2:])[0])


def _einsum(equation: str, shapes: tuple[Shape, ...]) -> int | None:
    sizes: dict[str | int, int] = {}
    operands: list[set[str | int]] = []
    terms, arrow, result = equation.replace(" ", "").partition("->")
    once = (label for label in terms if terms.count(label) == 1)
    kept: set[str | int] = {*(result if arrow else once)}
    for term, shape in zip(terms.split(","), shapes):
        before, _, after = term.partition("...")
        labels = (*before, *range(len(before) + len(after) - len(shape), 0), *after)
        # Along a dimension of 1, there is nothing to multiply or to add.
        found = {label: size for label, size in zip(labels, shape) if size != 1}
        if any(sizes.setdefault(label, size) != size for label, size in found.items()):
            return None
        operands.append({*found})
    if not arrow or "." in result:
        kept.update(range(-max(map(len, shapes)), 0))
    left, macs = operands[0], 0
    # From left to right, as torch and ONNX Runtime do, which first add up what only one of the two
    # has. Of one operand, elements are moved and added; where no index is summed, they are scaled.
    for at, right in enumerate(operands[1:], 2):
        later = kept.union(*operands[at:])
        indices = left & right | (left | right) & later
        left = indices & later
        macs += prod(sizes[n] for n in indices) if indices > left else 0
    return macs


def _heads(
    numbers: dict[str, int], query: Shape, key: Shape = (), value: Shape = (), *_: Shape
) -> list[Shape]:
    """Return the shapes of queries, keys and values, with the heads in the second place."""
    heads = numbers.get("q_num_heads") or numbers.get("num_heads", 0)
    groups = numbers.get("kv_num_heads", heads)
    if not key:  # all three in one
        size = prod(query[2:]) // (heads + 2 * groups or 1)
        query, key = ((query[0], number, query[1], size) for number in (heads, groups))
    elif len(key) == 5:  # keys and values in one
        key = (key[0], key[2], key[1], key[4])
    triple = zip((query, key, value or key), (heads, groups, groups))
    return [
        shape if len(shape) == 4 else (shape[0], number, shape[1], shape[2] // (number or 1))
        for shape, number in triple
    ]


def _attention(numbers: dict[str, int], *shapes: Shape) -> int | None:
    """Return the products of queries and keys, and of weights and values."""
    query, key, value = heads = _heads(numbers, *shapes)
    whole = sum(map(prod, heads)) == sum(prod(shape) for shape in shapes[:3] if shape)
    if not whole or query[3] != key[3] or query[1] % key[1] or key[1:3] != value[1:3]:
        return None
    keys = key[2] + sum(past[-2] for past in shapes[3:] if past)
    return prod(query[:3]) * keys * (query[3] + value[3])


def _fix_inputs(
    walk: _Walk, inputs: Sequence[Any], named: Mapping[str, Any], batch: int = 1
) -> list[str]:
    """Give the graph's inputs the shapes of the example inputs; an open batch size is 1, or given.

    Returns the names of those with an open one.
    """
    names = [value.name for value in walk.graph.input]
    examples = {**dict(zip([name for name in names if name not in named], inputs)), **named}
    if examples.keys() - {*names} or (inputs and len(inputs) + len(named) != len(names)):
        raise ValueError(
            f"count: the ONNX model takes {counted(len(names), 'input')} ({', '.join(names)}), "
            f"got {', '.join(named) or len(inputs)}"
        )
    opened = []
    for value in walk.graph.input:
        tensor = value.type.tensor_type
        dims, given = tensor.shape.dim, tensor.HasField("shape")
        sizes = [dim.dim_value if dim.dim_value > 0 else None for dim in dims]
        text = ", ".join(str(size or dim.dim_param or "?") for size, dim in zip(sizes, dims))
        if value.name in examples:
            example = examples[value.name]
            shape = getattr(example, "shape", None)
            if shape is None:
                raise TypeError(f"count: example inputs must be arrays, got {shown(example)}")
            same = len(sizes) == len(shape) and all(n in (None, m) for n, m in zip(sizes, shape))
            if given and not same:
                raise ValueError(
                    f"count: input {value.name} of the ONNX model has the shape ({text}), "
                    f"got an example of shape {tuple(shape)}"
                )
        elif given and None not in sizes[1:]:
            shape = [size or batch for size in sizes]
            opened += [value.name] if None in sizes else []
        else:
            raise ValueError(
                f"count: the ONNX model leaves the shape of its input {value.name} open, "
                f"({text}): pass example inputs"
            )
        value.type.CopyFrom(walk.library.helper.make_tensor_type_proto(tensor.elem_type, shape))
    return opened


def _dims(kind: onnx.TypeProto) -> Shape:
    return tuple(dim.dim_value for dim in kind.tensor_type.shape.dim)
