"""Parameters and multiply-accumulates of a model, through counters that others keep."""

from __future__ import annotations

import operator
import os
import sys
import warnings
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from importlib import import_module, metadata
from math import prod
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from netscore.checks import Parameter, numbers, positive, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import onnx
    import torch
    from numpy.typing import NDArray


class CountWarning(UserWarning):
    """A count is what the counter returned, but it may not be what one inference costs.

    Issued by `count`, once per call, when macs is 0 or less than the weights outside
    embeddings, when products ran for which the counter has no formula, or when the example
    inputs look like a batch. The text says which.
    """


@dataclass(frozen=True)
class Count:
    """What `count` found, and how.

    Attributes
    ----------
    params : int
        Number of parameters.
    trainable_params : int or None
        Those of them that require a gradient; None for ONNX, which does not say.
    macs : int
        Multiply-accumulates of one forward pass of the example inputs.
    counter : str
        Name and version of the counter.
    counts : tuple of str
        The operators whose multiply-accumulates are in `macs`, sorted.
    leaves_out : tuple of str
        The other operators of the pass, sorted: their additions, comparisons and functions are
        in no count.
    input_shapes : tuple of tuple of int
        Shapes of the inputs, in their order.
    """

    params: int
    trainable_params: int | None
    macs: int
    counter: str
    counts: tuple[str, ...]
    leaves_out: tuple[str, ...]
    input_shapes: tuple[tuple[int, ...], ...]


def count(
    model: torch.nn.Module | onnx.ModelProto | str | os.PathLike[str],
    *example_inputs: torch.Tensor | NDArray[Any],
) -> Count:
    """Count the parameters and the multiply-accumulates of a torch module or an ONNX model.

    The work is done by PyTorch's own ``torch.utils.flop_counter`` and, for ONNX, by onnx-tool.
    From both, only the products of matrix products and convolutions are taken (attention is
    made of matrix products), which is what the papers count: biases, normalisation, activations
    and pooling are left out. ``macs`` goes into `netscore` as it stands.

    Parameters
    ----------
    model : torch.nn.Module, onnx.ModelProto, str or path
        A module, or an ONNX model or the path of its file.
    *example_inputs : torch.Tensor or array
        The inputs of one inference, batch size 1, in the order of ``forward``; their values do
        not matter unless the module looks at them. A module whose parameters and buffers are all
        on the meta device takes inputs of any device, and neither needs memory. For ONNX,
        anything with a shape, in the order of the graph's inputs; needed only if the graph
        leaves a dimension open.

    Returns
    -------
    Count
        A frozen record: params, trainable_params, macs, counter, counts, leaves_out,
        input_shapes.

    Raises
    ------
    TypeError
        If the model is none of these, or an example input is no tensor.
    ValueError
        If the module is lazy and has not seen an input yet, or an input is on another device;
        if an ONNX file cannot be read, leaves a shape open, does not fit the example inputs or
        has operators that multiply and that the counter does not count.
    ImportError
        If onnx or onnx-tool is missing for an ONNX model (extra ``onnx``).

    Warns
    -----
    CountWarning
        Once, if macs is 0 or less than the number of weights outside embeddings, by each of
        which a dense network multiplies at least once (weights are the parameters of two or
        more dimensions; biases have one); if products ran for which the counter has no formula;
        or if every input begins with the same number above 1 and none has one or three
        dimensions, so that the number looks like a batch size. The macs of a batch are never
        divided.

    See Also
    --------
    macs_from_flops : For figures of a counter that counts multiplications and additions.

    Notes
    -----
    A parameter used in several places counts once, its products each time.

    A module runs once, in evaluation mode and without gradients, and comes back with the
    training mode of every submodule, the gradients and the buffers that it had; so does the
    state of torch's random numbers. Its hooks run. What ``forward`` itself writes elsewhere,
    into parameters or plain attributes, stays. ``torch.utils.flop_counter`` has no formula for
    fused kernels of attention and recurrent layers, so they are switched off during the
    pass. It counts a causal or masked product of attention in full. Formulas registered
    with ``torch.utils.flop_counter.register_flop_formula`` are taken; they give FLOPs, 2 for
    each multiply-accumulate.

    An ONNX model is read, not run, and weights stored beside the file are not loaded. Its
    parameters are the elements of all stored tensors that an operator reads, except integers
    of 64 bits, truth values, text and single numbers (shapes, indices, limits) and the running
    statistics of BatchNormalization; a normalisation folded into a convolution is gone from the
    count. Transposed convolutions are counted as the convolution in the other direction, the
    quantised operators as those they stand for.

    Examples
    --------
    The page ``docs/counters.md`` counts torch modules and ONNX files; the tests run it where
    these libraries are installed. What is neither is refused:

    >>> from netscore import count
    >>> count(25.6e6)
    Traceback (most recent call last):
        ...
    TypeError: count: model must be a torch.nn.Module, an onnx.ModelProto or the path of an ONNX \
file, got 25600000.0
    """
    if _is_module(model):
        found, doubts = _count_module(model, example_inputs)
    elif isinstance(model, (str, os.PathLike)) or _is_model_proto(model):
        found, doubts = _count_onnx(model, example_inputs)
    else:
        raise TypeError(
            "count: model must be a torch.nn.Module, an onnx.ModelProto or the path of an ONNX "
            f"file, got {shown(model)}"
        )
    doubts += _batch_doubts(found.input_shapes)
    if doubts:
        warnings.warn(f"count: {'; '.join(doubts)}", CountWarning, stacklevel=2)
    return found


def _macs_doubts(macs: int, weights: int) -> list[str]:
    if macs == 0:
        return ["macs is 0: no matrix product and no convolution was counted"]
    if macs < weights:
        return [
            f"macs is {macs:,} and less than the {weights:,} weights outside embeddings, by each "
            "of which a dense network multiplies at least once"
        ]
    return []


def _batch_doubts(shapes: Sequence[tuple[int, ...]]) -> list[str]:
    # The first of one or of three dimensions is too often a feature, a channel or a time.
    sizes = {0 if len(shape) in (0, 1, 3) else shape[0] for shape in shapes}
    size = sizes.pop() if len(sizes) == 1 else 0
    if size > 1:
        return [f"the inputs look like a batch of {size}, and macs is for all of it"]
    return []


# torch

# Operators of aten that multiply and for which torch.utils.flop_counter has no formula.
_UNCOUNTED_PRODUCTS: Final = frozenset(
    {
        "_addmm_activation",
        "_cdist_forward",
        "_cudnn_rnn",
        "_fft_c2c",
        "_fft_c2r",
        "_fft_r2c",
        "_grouped_mm",
        "_int_mm",
        "_native_multi_head_attention",
        "_scaled_dot_product_flash_attention_for_cpu",
        "_scaled_dot_product_fused_attention_overrideable",
        "_scaled_grouped_mm",
        "_sparse_addmm",
        "_sparse_mm_reduce_impl",
        "_transformer_encoder_layer_fwd",
        "_trilinear",
        "_weight_int4pack_mm",
        "_weight_int4pack_mm_for_cpu",
        "_weight_int8pack_mm",
        "addmv",
        "addr",
        "dot",
        "miopen_rnn",
        "mkldnn_rnn_layer",
        "mv",
        "vdot",
    }
)


def _is_module(model: object) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(model, torch.nn.Module)


def _count_module(module: Any, inputs: tuple[Any, ...]) -> tuple[Count, list[str]]:
    """Count a module with torch.utils.flop_counter; say what is doubtful about the count."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    module = getattr(module, "_orig_mod", module)  # of torch.compile
    inputs = _inputs_of_module(module, inputs)
    counter = FlopCounterMode(display=False)
    executed = _recorder()
    with _unchanged(module, inputs), _countable(module), executed, counter:
        module(*inputs)
    counted = {_name(packet) for packet in counter.get_flop_counts().get("Global", {})}
    left_out = {_name(op.overloadpacket) for op in executed.operators} - counted
    parameters = list(module.parameters())
    found = Count(
        params=sum(parameter.numel() for parameter in parameters),
        trainable_params=sum(p.numel() for p in parameters if p.requires_grad),
        macs=counter.get_total_flops() // 2,
        counter=f"torch.utils.flop_counter of torch {torch.__version__}",
        counts=tuple(sorted(counted)),
        leaves_out=tuple(sorted(left_out)),
        input_shapes=tuple(tuple(tensor.shape) for tensor in inputs),
    )
    doubts = []
    # What an extension defines (quantised layers, hand-written attention) may well multiply.
    lost = sorted(name for name in left_out if name in _UNCOUNTED_PRODUCTS or "." in name)
    if lost:
        doubts.append(
            f"torch.utils.flop_counter has no formula for {', '.join(lost)}, so that macs may "
            "be too low"
        )
    embedding = (torch.nn.Embedding, torch.nn.EmbeddingBag)
    tables = {id(part.weight) for part in module.modules() if isinstance(part, embedding)}
    weights = sum(p.numel() for p in parameters if p.dim() > 1 and id(p) not in tables)
    return found, doubts + _macs_doubts(found.macs, weights)


def _inputs_of_module(module: torch.nn.Module, inputs: tuple[Any, ...]) -> tuple[torch.Tensor, ...]:
    """Return the checked inputs, on the device of the module."""
    import torch

    tensors = [*module.parameters(), *module.buffers()]
    if any(map(torch.nn.parameter.is_lazy, tensors)):
        raise ValueError(
            "count: the module is lazy and has no shapes yet: call it once on an example input"
        )
    for tensor in inputs:
        if not isinstance(tensor, torch.Tensor):
            raise TypeError(
                "count: example inputs must be torch tensors, as in "
                f"count(model, torch.zeros(1, 3, 224, 224)), got {shown(tensor)}"
            )
    devices = {tensor.device for tensor in tensors}
    if len(devices) != 1:
        return inputs
    device = devices.pop()
    if device.type == "meta":
        return tuple(tensor.to(device) for tensor in inputs)
    for tensor in inputs:
        if tensor.device != device:
            raise ValueError(
                f"count: example inputs must be on {device}, the device of the module, got one "
                f"on {tensor.device}"
            )
    return inputs


def _recorder() -> Any:
    """Return a context whose `operators` are those executed in it, views aside."""
    from torch.utils._python_dispatch import TorchDispatchMode

    class Recorder(TorchDispatchMode):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.operators: set[Any] = set()

        def __torch_dispatch__(
            self, func: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            if not func.is_view:
                self.operators.add(func)
            return func(*args, **(kwargs or {}))

    return Recorder()


def _name(packet: Any) -> str:
    """Return the name of an operator, without the namespace if it is one of PyTorch's own."""
    return str(packet).removeprefix("aten.").removeprefix("prim.")


@contextmanager
def _unchanged(module: torch.nn.Module, inputs: Iterable[torch.Tensor]) -> Iterator[None]:
    """Put the module into evaluation mode, and everything back at the end."""
    import torch

    modules = list(module.modules())
    modes = [part.training for part in modules]
    # The module works on copies of its buffers. One of TorchScript has no dict of them.
    owners = [part._buffers for part in modules if isinstance(part._buffers, dict)]
    buffers = [dict(owner) for owner in owners]
    copies = {id(tensor): tensor.clone() for tensor in module.buffers()}
    tensors = (*inputs, *module.parameters())
    gpus = {tensor.device.index for tensor in tensors if tensor.device.type == "cuda"}
    try:
        # Not by eval(), which modules override: some keep parts of themselves in one mode.
        for part in modules:
            part.training = False
        for owner, own in zip(owners, buffers, strict=True):
            owner.update({name: copies.get(id(tensor)) for name, tensor in own.items()})
        with torch.random.fork_rng(devices=gpus), torch.no_grad():
            yield
    finally:
        for part, mode in zip(modules, modes, strict=True):
            part.training = mode
        for owner, own in zip(owners, buffers, strict=True):
            owner.clear()
            owner.update(own)


@contextmanager
def _countable(module: torch.nn.Module) -> Iterator[None]:
    """Keep torch from fused kernels, for which the counter has no formula."""
    import torch
    from torch.nn.attention import SDPBackend, sdpa_kernel

    # Convolutions are far slower without these, and are counted with them.
    recurrent = any(isinstance(part, torch.nn.RNNBase) for part in module.modules())
    libraries = (torch.backends.cudnn, torch.backends.mkldnn) if recurrent else ()
    enabled = [library.enabled for library in libraries]
    fast_path = torch.backends.mha.get_fastpath_enabled()
    # Where nothing is compiled, the compiler need not be loaded.
    compiles = "torch._dynamo" in sys.modules
    eager = torch.compiler.set_stance("force_eager") if compiles else nullcontext()
    try:
        for library in libraries:
            library.enabled = False
        torch.backends.mha.set_fastpath_enabled(False)
        with sdpa_kernel(SDPBackend.MATH), eager:
            yield
    finally:
        for library, was_enabled in zip(libraries, enabled, strict=True):
            library.enabled = was_enabled
        torch.backends.mha.set_fastpath_enabled(fast_path)


def build_model(reference: str) -> torch.nn.Module:
    """Return the module that ``MODULE:CALLABLE`` names, as the command line does.

    Parameters
    ----------
    reference : str
        Where to find the model: a Python module, a colon, and the name in it of a function or
        class that is called without arguments, or of a ready ``torch.nn.Module``:
        ``torchvision.models:resnet50``.

    Returns
    -------
    torch.nn.Module
        What the call returned, or the module itself.

    Raises
    ------
    ValueError
        If the reference has another form, or there is no such Python module or name.
    TypeError
        If what was found is, or returns, no ``torch.nn.Module``.

    Examples
    --------
    >>> build_model("resnet50")
    Traceback (most recent call last):
        ...
    ValueError: build_model: a model must be named as MODULE:CALLABLE, got 'resnet50'
    """
    name, _, path = reference.partition(":")
    if not all(part.isidentifier() for part in (*name.split("."), *path.split("."))):
        raise ValueError(
            f"build_model: a model must be named as MODULE:CALLABLE, got {reference!r}"
        )
    try:
        place = import_module(name)
    except ModuleNotFoundError as error:
        if not f"{name}.".startswith(f"{error.name}."):
            raise
        raise ValueError(f"build_model: there is no Python module {error.name}") from None
    try:
        found = operator.attrgetter(path)(place)
    except AttributeError:
        raise ValueError(f"build_model: there is no {path} in the module {name}") from None
    if callable(found) and not _is_module(found):
        found = found()
    if not _is_module(found):
        raise TypeError(
            f"build_model: {reference} must be or return a torch.nn.Module, got {shown(found)}"
        )
    module: torch.nn.Module = found
    return module


def example_input(model: Any, description: str) -> torch.Tensor | NDArray[Any]:
    """Return an input of zeros for `count` from its description, as the command line does.

    Parameters
    ----------
    model : torch.nn.Module, onnx.ModelProto, str or path
        The model to count; a module gets a tensor, on its device, all others an array.
    description : str
        The shape, and for inputs that are not float32 (token numbers) the dtype, as NumPy
        names it: ``1,3,224,224`` or ``1,128:int64``.

    Returns
    -------
    torch.Tensor or numpy.ndarray
        Zeros of that shape and dtype.

    Raises
    ------
    ValueError
        If the description has another form.

    Examples
    --------
    >>> example_input("model.onnx", "1,3,224,224").shape
    (1, 3, 224, 224)
    """
    shape, _, name = description.partition(":")
    try:
        sizes = [int(size) for size in shape.split(",")]
        dtype = np.dtype(name or "float32")
    except (TypeError, ValueError):
        sizes = [0]
    if min(sizes) < 1 or dtype.kind not in "biuf" or dtype.itemsize > 8:
        raise ValueError(
            "example_input: an input must be described as 1,3,224,224 or 1,128:int64, "
            f"got {description!r}"
        )
    if not _is_module(model):
        return np.broadcast_to(np.zeros((), dtype), sizes)
    import torch

    device = next((parameter.device for parameter in model.parameters()), None)
    zeros: torch.Tensor = torch.zeros(sizes, dtype=getattr(torch, dtype.name), device=device)
    return zeros


# ONNX

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
_NO_PRODUCT_COUNT: Final = frozenset(
    {
        "Attention",
        "CausalConvWithState",
        "DeformConv",
        "Einsum",
        "GRU",
        "LSTM",
        "LinearAttention",
        "RNN",
    }
)
# Stored tensors up to this size may be arguments on which shapes depend.
_SMALL: Final = 1024


def _is_model_proto(model: object) -> bool:
    library = sys.modules.get("onnx")
    return library is not None and isinstance(model, library.ModelProto)


def _count_onnx(model: Any, inputs: tuple[Any, ...]) -> tuple[Count, list[str]]:
    """Count an ONNX model with onnx-tool; say what is doubtful about the count."""
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
    found = Count(
        params=sum(map(prod, parameters.values())),
        trainable_params=None,
        macs=macs,
        counter=f"onnx-tool {metadata.version('onnx-tool')}",
        counts=tuple(sorted(operators & _PRODUCTS.keys())),
        leaves_out=tuple(sorted(operators - _PRODUCTS.keys() - {"Constant"})),
        input_shapes=tuple(_dims(value) for value in outline.graph.input),
    )
    tables = {node.input[0] for node in outline.graph.node if node.op_type == "Gather"}
    weights = sum(
        prod(shape) for name, shape in parameters.items() if len(shape) > 1 and name not in tables
    )
    return found, _macs_doubts(macs, weights)


def _read(library: Any, path: str | os.PathLike[str]) -> onnx.ModelProto:
    try:
        model: onnx.ModelProto = library.load(path, load_external_data=False)
    except OSError:
        raise
    except Exception as error:  # of protobuf, which the reader of the text form may replace
        raise ValueError(f"count: {os.fspath(path)} is not an ONNX model") from error
    return model


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


def _dims(value: onnx.ValueInfoProto) -> tuple[int, ...]:
    return tuple(dim.dim_value for dim in value.type.tensor_type.shape.dim)


def _shapes(library: Any, outline: onnx.ModelProto) -> dict[str, tuple[int, ...]]:
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


def _operands(
    node: onnx.NodeProto, shapes: dict[str, tuple[int, ...]]
) -> tuple[list[Any], list[Any]]:
    """Return the tensors that the operator multiplies, and its result, as onnx-tool takes them."""
    from onnx_tool.tensor import Tensor

    names = [node.input[position] for position in _PRODUCTS[node.op_type][1]]
    # A transposed convolution multiplies as often as the convolution that undoes its shape.
    names.append(names[0] if node.op_type == "ConvTranspose" else node.output[0])
    tensors = []
    for name in names:
        if name not in shapes:
            raise ValueError(
                f"count: the shape of {name}, of {node.op_type} {node.name or node.output[0]}, "
                "does not follow from the ONNX model; fold its constants first"
            )
        tensor = Tensor(name)
        tensor.update_shape(list(shapes[name]))
        tensors.append(tensor)
    if len(tensors[1].shape) < 2:
        raise ValueError(
            f"count: onnx-tool does not count {node.op_type} "
            f"{node.name or node.output[0]}, a product with a vector"
        )
    return tensors[:2], tensors[2:]


def _parameters(library: Any, graph: onnx.GraphProto) -> dict[str, tuple[int, ...]]:
    """Return the names and shapes of the stored tensors that are parameters."""
    stored = [(tensor.name, tensor) for tensor in graph.initializer]
    stored += [
        (node.output[0], attribute.t)
        for node in graph.node
        if node.op_type == "Constant"
        for attribute in node.attribute
        if attribute.name == "value"
    ]
    kinds = library.TensorProto
    read = {
        name
        for node in graph.node
        for name in node.input[: 3 if node.op_type == "BatchNormalization" else None]
    }
    return {
        name: tuple(tensor.dims)
        for name, tensor in stored
        if name in read
        and tensor.dims
        and tensor.data_type not in (kinds.INT64, kinds.BOOL, kinds.STRING)
    }


# FLOPs

_FLOPS: Final = Parameter(
    "flops",
    "positive and finite",
    operator.gt,
    0.0,
    operator.lt,
    float("inf"),
    missing=True,
    unit="FLOPs",
    limit=999.9999999999999,
    confusion="if it is in billions, multiply it by 1e9, if in millions, by 1e6",
)
_FLOPS_PER_MAC: Final = positive("flops_per_mac")


def macs_from_flops(flops: Any, *, flops_per_mac: Any = 2) -> Any:
    """Multiply-accumulates from a number of floating-point operations.

    Counters and papers that say FLOPs mean either: many print multiply-accumulates under that
    name. The table on the counters in the documentation says which do.

    Parameters
    ----------
    flops : float or array-like
        Floating-point operations of one inference, as a count (8.2e9, not 8.2).
    flops_per_mac : float or array-like, default 2
        How many of them the counter took for one multiply-accumulate: 2 where it counts
        multiplication and addition, 1 where it prints multiply-accumulates as FLOPs.

    Returns
    -------
    float, numpy.ndarray, numpy.ma.MaskedArray or pandas.Series
        ``flops / flops_per_mac``, to be passed to `netscore` as ``macs``; container, dtype and
        missing values as there.

    Raises
    ------
    ValueError, TypeError
        As in `netscore`; both must be positive and finite.

    Warns
    -----
    UnitWarning
        If every flops is below 1000.

    See Also
    --------
    count : Counts multiply-accumulates.

    Examples
    --------
    ResNet-50, from a counter that takes a multiply-accumulate for two operations:

    >>> from netscore.counting import macs_from_flops
    >>> macs_from_flops(8_178_368_512)
    4089184256.0
    >>> macs_from_flops([601_548_544, 30_940_528_640])
    array([3.00774272e+08, 1.54702643e+10])
    """
    values = (flops, flops_per_mac)
    plain = numbers("macs_from_flops", _FLOPS_AND_FACTOR, values)
    if plain is not None:
        return plain[0] / plain[1]
    from netscore.arrays import evaluate

    return evaluate("macs_from_flops", np.divide, _FLOPS_AND_FACTOR, values)


_FLOPS_AND_FACTOR: Final = (_FLOPS, _FLOPS_PER_MAC)
