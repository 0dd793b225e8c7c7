"""Parameters and multiply-accumulates of a model, through counters that others keep."""

from __future__ import annotations

import operator
import os
import sys
from dataclasses import dataclass, field
from importlib import import_module
from math import prod
from typing import TYPE_CHECKING, Any, TypeAlias

from netscore.checks import MACS, numbers, positive, shown, warn
from netscore.layout import Record, Table, brief, named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import onnx
    import torch
    from numpy.typing import NDArray

# Module or node, operator, shapes of the operands, multiply-accumulates.
Product: TypeAlias = tuple[str, str, tuple[tuple[int, ...], ...], int]


class CountWarning(UserWarning):
    """A count is what the counter returned, but it may not be what one inference costs.

    Issued by `count`, once per call, when macs is 0 or less than the weights outside
    embeddings, when products ran for which the counter has no formula, or when the example
    inputs look like a batch. The text says which.
    """


@dataclass(frozen=True)
class Count(Record):
    """What `count` found, and how.

    ``str()`` is what ``netscore count`` prints.

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
        The other operators of the pass, sorted, but for those that move values: their additions,
        comparisons and functions are in no count.
    input_shapes : tuple of tuple of int
        Shapes of the inputs, in their order.
    embedding_params : int or None
        Those of `params` in tables of vectors that are looked up, also if a layer is tied to one;
        None where this is not known.
    active_params : int or None
        Those of `params` that one token uses: of a mixture's experts, as many as it is routed
        to; None where this is not known.
    products : tuple of (str, str, tuple of tuple of int, int)
        What `macs` is the sum of: the module or node that multiplied, the operator, the shapes
        of its operands, and the multiply-accumulates.
    """

    params: int
    trainable_params: int | None
    macs: int
    counter: str
    counts: tuple[str, ...]
    leaves_out: tuple[str, ...]
    input_shapes: tuple[tuple[int, ...], ...]
    embedding_params: int | None = None
    active_params: int | None = None
    products: tuple[Product, ...] = field(default=(), repr=False)

    def __repr__(self) -> str:
        return brief(f"<Count: {self.params:,} params, {self.macs:,} MACs>")

    def _parts(self) -> list[Table]:
        trainable, shapes = self.trainable_params, self.input_shapes
        found = {
            "Params": f"{self.params:,}",
            "Trainable": "unknown" if trainable is None else f"{trainable:,}",
            "MACs": f"{self.macs:,}",
            "Counter": self.counter,
            "Counts": ", ".join(self.counts) or "nothing",
            "Leaves out": ", ".join(self.leaves_out) or "nothing",
            "Inputs": "; ".join(",".join(map(str, shape)) for shape in shapes) or "none",
        }
        folded = "BatchNormalization" not in self.leaves_out and "Conv" in self.counts
        if folded and self.counter.startswith("onnx-tool"):
            found["Note"] = (
                "where a batch normalisation was folded into a convolution, its params are not "
                "among these"
            )
        return [named(found)]


_WEIGHTS = "holds weights and no model: name what builds it in Python, as in mynet:build"
_CONVERT = "is of another framework: convert it to ONNX first"
NO_COUNT = {
    ".onnx": None,
    ".py": "is Python: name what builds the model in it, as in mynet:build for mynet.py",
    ".pt2": "is an exported program: count torch.export.load(FILE).module() in Python",
    **dict.fromkeys((".pt", ".pth", ".ckpt", ".safetensors", ".gguf"), _WEIGHTS),
    **dict.fromkeys((".tflite", ".h5", ".keras", ".pb", ".mlmodel", ".caffemodel"), _CONVERT),
}
"""Suffixes of files of models, and why those that are not ONNX cannot be counted."""


def count(
    model: torch.nn.Module | onnx.ModelProto | str | os.PathLike[str],
    /,
    *example_inputs: Any,
    **named_inputs: Any,
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
    *example_inputs : torch.Tensor, array, or whatever ``forward`` takes
        The inputs of one inference, batch size 1, in the order of ``forward``: tensors, arrays,
        numbers, None, and lists, tuples, dicts, batches of tokens, graphs and dataclasses of
        them. The values of tensors do not matter unless the module looks at them. A module whose
        parameters and buffers are all on the meta device takes inputs of any device, and neither
        needs memory. For ONNX, anything with a shape, in the order of the graph's inputs; needed
        only if the graph leaves a dimension open that is not the first, which is a batch of 1, or
        is the time of a recurrent layer.
    **named_inputs : the same
        Those that are passed by name, of ONNX by the names of the graph's inputs.

    Returns
    -------
    Count
        A frozen record: params, trainable_params, embedding_params, active_params, macs, counter,
        counts, leaves_out, input_shapes, products.

    Raises
    ------
    TypeError
        If the model is none of these, or ``forward`` fails and no example input is a tensor.
    ValueError
        If the module is lazy and has not seen an input yet, is frozen TorchScript or offloaded, or
        an input is on another device or nested (jagged); if the pass yields its results, runs
        modules in threads of its own, looks at values on the meta device, or uses
        ``flex_attention`` or loops of torch that this torch runs unseen;
        if an ONNX file cannot be read, leaves a shape open, contradicts itself or the example
        inputs, or has operators that multiply and that the counter does not count.
    ImportError
        If onnx or onnx-tool is missing for an ONNX model (extra ``onnx``).

    Warns
    -----
    CountWarning
        Once, if macs is 0 or less than the number of weights outside embeddings, by each of
        which a dense network multiplies at least once (weights are the parameters of two or
        more dimensions, of the submodules that ran and of the experts that a token is routed
        to; biases have one); if operators ran that have no formula and are not among those known
        not to multiply; if products multiplied by what is no parameter, or weights may be kept
        as integers, and both are a hundredth of params or more; or if every input begins with
        the same number above 1, none has one or three dimensions, and the first example alone
        costs that part of the macs, so that the number looks like a batch size. The macs of a
        batch are never divided.

    See Also
    --------
    macs_from_flops : For figures of a counter that counts multiplications and additions.

    Notes
    -----
    A parameter used in several places counts once, its products each time. What functions compute
    in threads of their own is not seen.

    Parameters are those of the module and what torch has packed for its quantised layers. A
    complex number is one of them. A complex product counts as three real ones, as torch makes
    convolutions.

    A module runs once, in evaluation mode and without gradients, and comes back with the training
    mode of every submodule, the gradients and, but for TorchScript, the buffers that it had; so
    does the state of torch's random numbers. Its hooks run. It runs once more with gradients if it
    takes them itself, and they are counted, and on the first example of what looks like a batch.
    Parametrisations and spectral norms are computed before the pass and are not in macs. What else
    ``forward`` makes or writes, into parameters, plain attributes or submodules, stays and counts.
    ``torch.utils.flop_counter`` has no formula for some fused kernels of attention, so they are
    switched off during the pass. The products of an einsum go from left to right, with the package
    opt_einsum and without. A causal or masked product of attention counts in full, of a branch what
    runs, of a sparse matrix the stored numbers. Formulas registered with
    ``torch.utils.flop_counter.register_flop_formula`` are taken; they give FLOPs, 2 for each
    multiply-accumulate.

    An ONNX model is read, not run, and weights stored beside the file are not loaded, so that
    copies and tables of sines there count; shapes that it computes are evaluated. Its parameters
    are the elements of all stored tensors that an operator multiplies by, and of the other
    floating-point ones that become part of a result, in all branches that may run. Constants of
    several numbers, such as the means of colours and the anchors of boxes, are among them. Single
    numbers (constants of one element, other tensors without a dimension), scales, limits, states,
    the running statistics of BatchNormalization, and masks, the sines and cosines of positions, and
    zeros that the graph writes into or has as a matrix among its nodes, which are told by their
    contents, are not. A layer tied to an embedding, also if one of them is turned, counts once. A
    normalisation folded into a convolution is gone from the count. Transposed convolutions are
    counted as the convolution in the other direction, operators of ONNX Runtime as those they stand
    for. Nodes on which no result depends do not run.

    Examples
    --------
    The page ``docs/count.md`` counts torch modules and ONNX files; the tests run it where
    these libraries are installed. What is neither is refused:

    >>> from netscore import count
    >>> count(25.6e6)
    Traceback (most recent call last):
        ...
    TypeError: count: model must be a torch.nn.Module, an onnx.ModelProto or the path of an ONNX \
file, got 25600000.0
    """
    path = os.fspath(model) if isinstance(model, (str, os.PathLike)) else ""
    if reason := NO_COUNT.get(os.path.splitext(path)[1].lower()):
        raise ValueError(f"count: {path} {reason}")
    if _is("torch", "nn.Module", model):
        from netscore.counting.torch import count_module

        counter: Any = count_module
    elif path or _is("onnx", "ModelProto", model):
        from netscore.counting.onnx import count_onnx

        counter = count_onnx
    else:
        hint = (
            "; for JAX, jax.jit(f).lower(...).cost_analysis() has FLOPs, another number, of "
            "additions and functions as well"
        )
        if isinstance(model, type):
            hint = "; a class is called first, as in count(Linear(3, 4), x)"
        elif hasattr(model, "module"):
            hint = "; of an exported program, count its .module()"
        elif hasattr(type(model), "model_proto"):
            hint = "; of an ONNX program of torch, count its .model_proto"
        raise TypeError(
            "count: model must be a torch.nn.Module, an onnx.ModelProto or the path of an ONNX "
            f"file, got {shown(model)}{hint if callable(model) else ''}"
        )
    counted, *of_doubts = counter(model, example_inputs, named_inputs)
    products = counted["products"]
    operators = tuple(sorted({name for _, name, _, _ in products}))
    found = Count(macs=sum(macs for *_, macs in products), counts=operators, **counted)
    if doubts := [*_doubts(found, *of_doubts)]:
        warn(f"count: {'; '.join(doubts)}", CountWarning, doubts)
    return found


def _is(library: str, kind: str, value: object) -> bool:
    """Whether a value is of that class of a library, which need not be loaded."""
    module = sys.modules.get(library)
    return module is not None and isinstance(value, operator.attrgetter(kind)(module))


def _doubts(
    found: Count,
    weights: int,
    integers: Sequence[tuple[str, int]],
    multiplied: Sequence[tuple[str, int]] = (),
    others: Sequence[str] = (),
    alone: Callable[[], int | None] | None = None,
) -> Iterator[str]:
    """Say why a count may not be what one inference costs."""
    for elsewhere, what in (
        (multiplied, "by which products multiplied, and which are no parameters"),
        (integers, "whose integers may be weights, or several in one"),
    ):
        # Less than a hundredth is in no digit of a score that papers print.
        if 100 * sum(size for _, size in elsewhere) > found.params:
            names = ", ".join(name for name, _ in elsewhere[:3])
            more = f" and {len(elsewhere) - 3} more" if len(elsewhere) > 3 else ""
            yield f"params may be too low for {names}{more}, {what}"
    yield from others
    if found.macs == 0:
        yield "macs is 0: no matrix product and no convolution was counted"
    elif found.macs < weights:
        yield (
            f"macs is {found.macs:,} and less than the {weights:,} weights outside embeddings, by "
            "each of which a dense network multiplies at least once"
        )
    # The first of one or of three dimensions is too often a feature, a channel or a time.
    sizes = {0 if len(shape) in (0, 1, 3) else shape[0] for shape in found.input_shapes}
    size = sizes.pop() if len(sizes) == 1 else 0
    # Neither the nodes of a graph nor the points of a cloud go their ways one by one.
    if size > 1 and (alone is None or alone() == found.macs / size):
        yield f"the inputs look like a batch of {size}, and macs is for all of it"


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
    ValueError: build_model: a model that is no FILE.onnx must be named as MODULE:CALLABLE, got \
'resnet50'
    """
    name, _, path = reference.partition(":")
    if not all(part.isidentifier() for part in (*name.split("."), *path.split("."))):
        must = "a model that is no FILE.onnx must be named as MODULE:CALLABLE"
        raise ValueError(f"build_model: {must}, got {reference!r}")
    if name.endswith(".py"):
        raise ValueError(f"build_model: {name} {NO_COUNT['.py']}")
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
    if callable(found) and not _is("torch", "nn.Module", found):
        found = found()
    if not _is("torch", "nn.Module", found):
        raise TypeError(
            f"build_model: {reference} must be or return a torch.nn.Module, got {shown(found)}"
        )
    return found


def example_input(model: Any, description: str) -> torch.Tensor | NDArray[Any]:
    """Return an input of zeros for `count` from its description, as the command line does.

    Parameters
    ----------
    model : torch.nn.Module, onnx.ModelProto, str or path
        The model to count; a module gets a tensor, on its device, all others an array.
    description : str
        The shape, and the dtype, as NumPy names it, if it is neither that of the module's
        parameters nor else float32 (token numbers): ``1,3,224,224`` or ``1,128:int64``. What is
        empty, as a cache before the first word, has a 0: ``1,8,0,64``.

    Returns
    -------
    torch.Tensor or numpy.ndarray
        Zeros of that shape and dtype.

    Raises
    ------
    ValueError
        If the description has another form, or is of 2**63 bytes or more.

    Examples
    --------
    >>> example_input("model.onnx", "1,3,224,224").shape
    (1, 3, 224, 224)
    """
    import numpy as np

    shape, _, name = description.partition(":")
    try:
        sizes = [int(size) for size in shape.split(",")]
        dtype = np.dtype(name or "float32")
    except (TypeError, ValueError):
        sizes = [0]
    must = ""
    if sizes[0] < 1 or min(sizes) < 0 or dtype.kind not in "biuf" or dtype.itemsize > 8:
        must = "be described as 1,3,224,224 or 1,128:int64"
    elif prod(sizes) * dtype.itemsize >= 2**63:  # of which no library makes an array
        must = "have fewer than 2**63 bytes"
    if must:
        raise ValueError(f"example_input: an input must {must}, got {description!r}")
    if not _is("torch", "nn.Module", model):
        return np.broadcast_to(np.zeros((), dtype), sizes)
    import torch

    device = next((parameter.device for parameter in model.parameters()), None)
    of_module = (p.dtype for p in model.parameters() if p.is_floating_point() and not name)
    kind = next(of_module, getattr(torch, dtype.name))
    return torch.zeros(sizes, dtype=kind, device=device)


_FLOPS = (positive("flops", missing=True), positive("flops_per_mac"))
_FLOPS[0].unit, _FLOPS[0].doubtful, _FLOPS[0].advice = "FLOPs", MACS.doubtful, MACS.advice


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
    plain = numbers("macs_from_flops", _FLOPS, values)
    if plain is not None:
        return plain[0] / plain[1]
    from netscore.arrays import Kernel, evaluate

    kernel = Kernel(lambda _, flops, flops_per_mac: flops / flops_per_mac)
    return evaluate("macs_from_flops", kernel, _FLOPS, values)
