"""The counter of torch modules: ``torch.utils.flop_counter``, and what keeps it honest."""

from __future__ import annotations

import operator
import pickle
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from copy import copy
from dataclasses import fields, is_dataclass
from functools import partial, reduce
from io import BytesIO
from math import prod
from types import GeneratorType
from typing import Any, Final

from netscore.checks import shown
from netscore.counting.operators import is_table, kinds_of, spread

_KINDS: Final = kinds_of("torch")
# The multiply-accumulates from the shapes of the first operand, of the weights (packed ones, or
# the second and third operand) and of the result.
_FORMULAS: Final[dict[str, Callable[[Any, Any, Any], int]]] = {
    # Of a group of matrices that share a wide one, and make one, each meets its own columns.
    "matrix": lambda x, w, y: prod(x) * y[-1] // (x[0] if len(x) > max(len(w[0]), len(y)) else 1),
    "vector": lambda x, w, y: prod(x),
    "outer": lambda x, w, y: prod(x) * prod(w[0]),
    "inner": lambda x, w, y: prod(y) * x[-1],
    "attention": lambda x, w, y: (prod(x) + prod(y)) * w[0][-2],
    "convolution": lambda x, w, y: prod(y) * prod(w[0][1:]),
    "transposed": lambda x, w, y: prod(x) * prod(w[0][1:]),
    "trilinear": lambda x, w, y: (prod(x) * w[0][0] + prod(y)) * w[0][2],
    "tbc": lambda x, w, y: prod(y) * prod(w[0][:2]),
    "recurrent": lambda x, w, y: prod(x[:-1]) * sum(prod(v) for v in w if len(v) > 1),
    # Each token meets all weights, and, as a query and in a sum, all tokens.
    "encoder": lambda x, w, y: (
        prod(x[:-1]) * sum(prod(v) for v in w if len(v) == 2) + 2 * prod(x) * x[-2]
    ),
}
# Where mixtures of experts keep how many of them a token is routed to.
_ROUTED: Final = ("top_k", "num_experts_per_tok", "moe_top_k", "moe_topk", "num_selected_experts")
_NESTED: Final = "nested (jagged) tensors cannot be counted: pad them, or count one sequence"
# What torch says of a pass that cannot be counted, word for word, as errors of the module itself
# may have the same words, and what that means.
_REASONS: Final = {
    "registered for .*flex_attention": "flex_attention cannot be counted: choose another "
    "attention, as with attn_implementation='sdpa' or 'eager'",
    r"expected device meta|device meta is not|same device.* meta\b": "the module is in part on the "
    "meta device: build all of it there, or none",
    "(called on|out of|interleave a) meta tensor|with Meta tensors|Meta' backend|data-independent|"
    "it's on meta|meta device type": "the forward pass looks at the values of its tensors, which "
    "the meta device has not: leave out a mask, or build the module on the CPU",
    r"NestedTensor(Impl|\w*' backend)|for (NestedT|nested t)ensor|jagged layout|"
    "sym_is_contiguous": _NESTED,
    "Creating a new Tensor subclass": "the forward pass makes a tensor of a class of its own, as "
    "torch.nn.attention.bias does: make a plain mask",
    "registered for (HOP|Higher)|Mode should never be enabled": "this torch cannot count a branch "
    "or loop of its own, as torch.cond and scan: write it in Python",
    "ensors? (that )?does(n't| not) require grad": "the forward pass asks for gradients with "
    "respect to what requires none",
}


def count_module(model: Any, inputs: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
    """Count a module with torch.utils.flop_counter.

    Returns the fields of a `Count` but those that follow from its products, the number of weights
    outside embeddings, the sizes of integers and of what was multiplied that may be weights, other
    doubts, and what counts the first example of a batch alone.
    """
    import torch

    module = getattr(model, "_orig_mod", model)  # of torch.compile
    given = _inputs_of(torch, module, (inputs, named))
    seen = _counted(torch, module, given)

    def alone() -> int | None:
        # The first of two dimensions is the time of a recurrent layer.
        recurrent = any(isinstance(part, torch.nn.RNNBase) for part in module.modules())
        if recurrent and all(leaf.ndim == 2 for leaf in _leaves(given)):
            return None
        # Of the module, or of a sparse matrix: they take no single example.
        with suppress(Exception):
            first = _mapped(given, lambda leaf: leaf[:1] if leaf.shape else leaf)
            return int(_counted(torch, module, first).macs.total())
        return None

    parameters = _parameters(module)
    packed = _packed(torch, [value for part in module.modules() for value in vars(part).values()])
    params = sum(tensor.numel() for tensor in (*parameters.values(), *packed))
    kinds = (torch.nn.Embedding, torch.nn.EmbeddingBag)
    layers = {_identity(m.weight): True for m in module.modules() if isinstance(m, kinds)}
    tables = layers | seen.tables
    idle = _idle(torch, module)

    def table(key: Any, parameter: Any) -> Any:
        """Whether vectors are looked up in a parameter, or in a view of it; None if nothing is."""
        return tables.get(key, tables.get(_place(parameter) if _is_whole(parameter) else key))

    weights = (p for key, p in seen.ran.items() if table(key, p) is None and spread(p.shape) > 1)
    left_out = {name for name in seen.operators if _root(name) not in _KINDS["moves"]}
    fields = {
        "params": params,
        "trainable_params": sum(p.numel() for p in parameters.values() if p.requires_grad),
        "embedding_params": sum(p.numel() for k, p in parameters.items() if table(k, p)),
        "active_params": None if idle is None else params - idle,
        "counter": f"torch.utils.flop_counter of torch {torch.__version__}",
        "leaves_out": tuple(sorted(left_out)),
        "input_shapes": tuple(tuple(leaf.shape) for leaf in _leaves(given)),
        "products": tuple((*product, macs) for product, macs in seen.macs.items()),
    }
    doubts = []
    if seen.packed and not packed:
        doubts.append("params leaves out the weights that TorchScript has packed")
    if uncounted := sorted(name for name in left_out if seen.operators[name]):
        doubts.append(
            f"torch.utils.flop_counter has no formula for {', '.join(uncounted)}, so that macs may "
            "be too low"
        )
    weighed = sum(p.numel() for p in weights) - (idle or 0)
    return fields, weighed, *_strangers(torch, module, seen), doubts, alone


def _mapped(value: Any, change: Callable[[Any], Any]) -> Any:
    """Return an input with its tensors and arrays changed."""
    kind, same = type(value), value
    if hasattr(value, "dtype") and hasattr(kind, "shape"):
        return change(value)
    if isinstance(value, (list, tuple)):
        items = [_mapped(item, change) for item in value]
        if all(map(operator.is_, items, value)):
            return value
        # The class may take other arguments than its items.
        if isinstance(value, list):
            same = copy(value)
            same[:] = items
        else:  # a class of torch is made in no other way
            same = kind(items) if hasattr(kind, "n_fields") else tuple.__new__(kind, items)
            getattr(same, "__dict__", {}).update(getattr(value, "__dict__", {}))
    # A dict, tokens, a graph, but no table, whose columns are no tensors.
    elif hasattr(value, "keys") and hasattr(kind, "__setitem__") and not hasattr(kind, "__array__"):
        same = copy(value)
        # A graph has the names of its tensors in a set, of no order.
        for key in [*value] if isinstance(value, Mapping) else sorted(value.keys()):
            same[key] = _mapped(value[key], change)
    elif is_dataclass(kind):
        same = copy(value)
        for entry in fields(value):
            object.__setattr__(same, entry.name, _mapped(getattr(value, entry.name), change))
    return same


def _leaves(value: Any) -> list[Any]:
    leaves: dict[int, Any] = {}
    # Each stays what it is, as a copy of a graph may share what holds its tensors.
    _mapped(value, lambda leaf: leaves.setdefault(len(leaves), leaf))
    return [*leaves.values()]


def _within(torch: Any, given: Any) -> list[Any]:
    """Return the tensors in an input, also in objects of any other class."""
    found = []

    class Finder(pickle.Pickler):
        def persistent_id(self, value: Any) -> bool | None:
            if isinstance(value, torch.Tensor):
                found.append(value)
                return True
            return None

    with suppress(Exception):  # of what cannot be saved
        Finder(BytesIO()).dump(given)
    return found


def _tensors(torch: Any, module: Any, given: Any) -> Any:
    """Return an input with tensors for its arrays, whose floats are those of the module."""
    kind = next((p.dtype for p in module.parameters() if p.is_floating_point()), None)

    def tensor(leaf: Any) -> Any:
        made = torch.as_tensor(leaf)
        return made if made is leaf or not made.is_floating_point() else made.to(kind)

    return _mapped(given, tensor)


def _inputs_of(torch: Any, module: Any, given: Any) -> Any:
    """Return the checked inputs, on the device of the module."""
    if isinstance(module, torch.jit.ScriptModule) and not hasattr(module, "training"):
        raise ValueError(
            "count: the module is frozen TorchScript, whose weights are constants of its graph: "
            "count it before torch.jit.freeze"
        )
    tensors = [*module.parameters(), *module.buffers()]
    unbuilt = hasattr(module, "_flatten_layers") and not module.built  # of Keras
    if unbuilt or any(map(torch.nn.parameter.is_lazy, tensors)):
        raise ValueError(
            "count: the module is lazy and has no shapes yet: call it once on an example input"
        )
    devices = {tensor.device for tensor in tensors}
    # What a hook loads are other tensors each time: ties are forgotten, also when it is removed.
    if torch.device("meta") in devices and any(hasattr(m, "_hf_hook") for m in module.modules()):
        raise ValueError(
            "count: accelerate has offloaded weights of the module: count it before that, or build "
            "it on the meta device and count it there"
        )
    if devices == {torch.device("meta")}:
        return _mapped(_tensors(torch, module, given), lambda leaf: leaf.to("meta"))
    for leaf in _leaves(given):
        if getattr(leaf, "is_nested", False):
            raise ValueError(f"count: {_NESTED}")
        if isinstance(leaf, torch.Tensor) and len(devices) == 1 and leaf.device not in devices:
            raise ValueError(
                f"count: example inputs must be on {tensors[0].device}, the device of the module, "
                f"got one on {leaf.device}"
            )
    return given


def _counted(torch: Any, module: Any, given: Any, gradients: bool = False) -> Any:
    """Run the module and return what was seen, or say why it cannot be counted."""
    try:
        return _pass(torch, module, given, gradients)
    except (AssertionError, AttributeError, RuntimeError, TypeError) as error:
        text, leaves = str(error), _leaves(given)
        if not gradients and re.search("requires?[ _]grad", text):
            return _counted(torch, module, given, gradients=True)
        if any(not isinstance(leaf, torch.Tensor) for leaf in leaves):
            return _counted(torch, module, _tensors(torch, module, given))
        for said, reason in _REASONS.items():
            if re.search(said, text):
                raise ValueError(f"count: {reason}") from error
        if leaves:
            raise
        values = [*given[0], *given[1].values()]
        raise TypeError(
            "count: example inputs must be torch tensors, as in count(model, "
            f"torch.zeros(1, 3, 224, 224)), got {shown(values[0]) if values else 'none'}"
        ) from error


def _pass(torch: Any, module: Any, given: Any, gradients: bool) -> Any:
    """Run the module once and return the counter that saw it."""
    from torch.nn.modules import module as hooks

    with ExitStack() as stack:
        known = stack.enter_context(_prepared(torch, module, given, gradients))
        counter = _counter(torch, module, known)
        stack.enter_context(hooks.register_module_forward_pre_hook(counter.enter))
        stack.enter_context(hooks.register_module_forward_hook(counter.leave, always_call=True))
        stack.enter_context(counter)
        result = module(*given[0], **given[1])
        if isinstance(result, GeneratorType):
            raise ValueError(
                "count: forward is a generator, of which nothing has run: count a module whose "
                "forward returns what it yields"
            )
        if counter.strayed:
            raise ValueError(
                "count: the forward pass runs modules in threads of its own, which the counter "
                "does not see: run them one after another"
            )
    return counter


def _counter(torch: Any, module: Any, known: set[int]) -> Any:
    """Return a context that counts the products made in it and keeps what else was seen.

    Known are the places of the tensors that are accounted for before.
    """
    from torch.nested._internal.nested_tensor import NestedTensor
    from torch.utils._python_dispatch import TorchDispatchMode, _get_current_dispatch_mode_stack
    from torch.utils.flop_counter import flop_registry

    formulas = _formulas(torch) | flop_registry
    names = {id(part): name for name, part in module.named_modules()}
    held = _names(torch, module)
    harmless = {*_KINDS["moves"], *_KINDS["none"]}
    # What the meta device has of these operators for numbers of one kind alone.
    only = {"histc": torch.float32, "_grouped_mm": torch.bfloat16}

    class Seen(TorchDispatchMode):  # type: ignore[misc]
        supports_higher_order_operators = True

        def __init__(self) -> None:
            super().__init__()
            self.inside = [module]
            self.macs: Counter[tuple[str, str, tuple[Any, ...]]] = Counter()
            # Whether each operator that ran may multiply and has no formula.
            self.operators: dict[str, bool] = {}
            # By identity: parameters of parts that ran; by place, what was multiplied.
            self.ran: dict[Any, Any] = {}
            # Whether what was looked up there were vectors, of views by their places, too.
            self.tables: dict[Any, bool] = {}
            self.places: set[int] = set()
            # Tensors that the pass neither was given nor made, their names and their versions.
            self.strangers: list[tuple[str, Any, int]] = []
            self.packed = self.strayed = False

        def enter(self, part: Any, _: Any) -> None:
            self.inside.append(part)
            self.strayed |= self not in _get_current_dispatch_mode_stack()
            self.ran.update({_identity(p): p for p in part.parameters(recurse=False)})

        def leave(self, *_: Any) -> None:
            self.inside.pop()

        def __torch_dispatch__(self, func: Any, kinds: Any, args: Any, kwargs: Any = None) -> Any:
            kwargs = kwargs or {}
            if NestedTensor in kinds:
                return NotImplemented  # and what it is made of comes back here
            if isinstance(func, torch._ops.HigherOrderOperator):
                if func.name() == "cond":
                    func, args = args[1 if args[0] else 2], args[3]
                else:
                    func = func.py_kernels[torch._C.DispatchKey.CompositeExplicitAutograd]
                with self:
                    return func(*args, **kwargs)
            with self:
                parts = func.decompose(*args, **kwargs)
            if parts is not NotImplemented:
                return parts
            packet = func.overloadpacket
            name = str(packet).removeprefix("aten.").removeprefix("prim.")
            if "embedding" in name or name in ("index", "index_select"):
                indices = sum(at is not None for at in args[1]) if name == "index" else 1
                for table in _leaves(args[:1]):  # none of what is packed
                    vectors = is_table(table.shape, indices)
                    for key in (_identity(table), _place(table)):
                        self.tables[key] = vectors or self.tables.get(key, False)
            # A tensor that is made of numbers of Python, or over an array, is first seen here.
            fresh = name == "lift_fresh"
            for tensor in _leaves([args, kwargs]):
                place = tensor.data_ptr() if fresh else _place(tensor)
                if place not in known and (place in held or not fresh):
                    known.add(place)
                    self.places.discard(_place(tensor))  # where another was before
                    name_of = held.get(place, f"a tensor of shape {tuple(tensor.shape)}")
                    self.strangers.append((name_of, tensor, _version(tensor)))
            if "embedding" in name:  # the product of what is looked up and a row of zeros and a one
                self.places.update(map(_place, _leaves(args[:1])))
            if name in only and args[0].is_meta:
                operands = _mapped(list(args[:2]), lambda leaf: leaf.to(only[name]))
                result = func(*operands, *args[2:], **kwargs).to(args[0].dtype)
            else:
                result = func(*args, **kwargs)
            known.update(map(_place, _leaves([result])))
            # Of distances, only the Euclidean one multiplies.
            simple = "dist_forward" in name and any(isinstance(a, float) and a != 2 for a in args)
            if packet in formulas and not simple:
                self.multiply(name, formulas[packet](*args, **kwargs, out_val=result), args, kwargs)
            elif not func.is_view:
                simple = simple or torch.Tag.pointwise in func.tags
                may_multiply = _root(name) not in harmless and not simple
                self.operators[name] = self.operators.get(name, False) or may_multiply
            return result

        def multiply(self, name: str, flops: int, args: Any, kwargs: Any) -> None:
            """Note a product of the module that is running."""
            packed = _packed(torch, args)
            operands = _leaves([args, kwargs]) + packed
            for operand in operands:
                if "sparse" in str(operand.layout):
                    stored = operand._values() if operand.is_sparse else operand.values()
                    flops = flops * stored.numel() // operand.numel()
            # torch makes a complex convolution of three real ones.
            flops *= 3 if any(operand.is_complex() for operand in operands) else 1
            self.packed |= bool(packed)
            self.places.update(map(_place, operands))
            part = names.get(id(self.inside[-1])) or type(self.inside[-1]).__name__
            self.macs[part, name, tuple(tuple(each.shape) for each in operands)] += flops // 2

    return Seen()


def _formulas(torch: Any) -> dict[Any, Any]:
    """Return the formulas of the operators that torch.txt names and torch knows."""

    def flops(formula: Any, place: int, end: int, *args: Any, out_val: Any, **_: Any) -> int:
        weights = _packed(torch, args) or _leaves(args[place + 1 : end or place + 3])
        result = out_val[0] if isinstance(out_val, tuple) else out_val
        return 2 * int(formula(args[place].shape, [w.shape for w in weights], result.shape))

    found = {}
    for kind, formula in _FORMULAS.items():
        for name, places in _KINDS[kind].items():
            place, _, end = places.partition("-")
            packet = reduce(lambda at, part: getattr(at, part, None), name.split("."), torch.ops)
            found[packet] = partial(flops, formula, int(place or 0), int(end or 0))
    return found


def _parameters(module: Any) -> dict[Any, Any]:
    """Return the parameters by their identities, without the statistics and seeds of Keras."""
    states: set[int] = set()
    for part in module.modules():
        for layer in getattr(part, "_flatten_layers", list)():
            states |= {id(each.value) for each in layer.variables if len(each.shape) < 2}
            states -= {id(each.value) for each in layer._trainable_variables}
    return {_identity(p): p for p in module.parameters() if id(p) not in states}


def _packed(torch: Any, value: Any) -> list[Any]:
    """Return the weights and biases in the packed parameters of quantised layers."""
    if isinstance(value, (list, tuple)):
        return [tensor for item in value for tensor in _packed(torch, item)]
    if not (isinstance(value, torch.ScriptObject) and value._has_method("__getstate__")):
        return []
    state = value.__getstate__()
    # A recurrent cell repeats the biases of its layers.
    tensors = [leaf for leaf in _leaves(state) if leaf.is_quantized or leaf.is_floating_point()]
    return _packed(torch, state) or tensors


def _names(torch: Any, module: Any) -> dict[int, str]:
    """Name what a module holds beside its parameters, by their places, and arrays by addresses."""
    import numpy as np

    names: dict[int, str] = {}
    for name, part in module.named_modules():
        for key, value in (vars(part) | dict(part.named_buffers(recurse=False))).items():
            items = {key: value}
            # What is in a list or a dict of Python is not registered.
            if isinstance(value, (dict, list, tuple)):
                pairs = value.items() if isinstance(value, dict) else enumerate(value)
                items = {f"{key}[{at}]": item for at, item in pairs}
            for at, item in items.items():
                layer = isinstance(item, torch.nn.Module)
                for tail, tensor in item.named_parameters() if layer else [("", item)]:
                    array = isinstance(tensor, np.ndarray) and tensor.dtype.kind in "fc"
                    if array or isinstance(tensor, torch.Tensor):
                        place = tensor.ctypes.data if array else _place(tensor)
                        names[place] = f"{name}.{at}.{tail}".strip(".")
    return names


def _strangers(torch: Any, module: Any, seen: Any) -> list[list[tuple[str, int]]]:
    """Return the sizes of what may be weights and is not in params, or not as many as it holds."""
    parameters = [(name, p) for name, p in module.named_parameters() if p.dtype != torch.int8]
    # What the pass wrote to is a state.
    strangers = [(name, t) for name, t, version in seen.strangers if _version(t) == version]
    multiplied = [(n, t) for n, t in strangers if _is_number(t) and _place(t) in seen.places]
    integers = [
        (name, tensor)
        for name, tensor in parameters + strangers
        if not _is_number(tensor) and tensor.dtype not in (torch.bool, torch.int64)
    ]
    return [
        [(name, tensor.numel()) for name, tensor in some if spread(tensor.shape) > 1]
        for some in (integers, multiplied)
    ]


def _is_number(tensor: Any) -> bool:
    """Whether each element is one floating-point number, and not two in a byte."""
    return (tensor.is_floating_point() or tensor.is_complex()) and "x2" not in str(tensor.dtype)


def _place(tensor: Any) -> int:
    """Return what the views of a tensor share with it, on the meta device too."""
    with suppress(RuntimeError):  # of layouts without a storage
        return int(tensor.untyped_storage()._cdata)
    return id(tensor)


def _is_whole(tensor: Any) -> bool:
    """Whether a tensor has its storage for itself."""
    with suppress(RuntimeError):  # of layouts without a storage
        return bool(tensor.nbytes == tensor.untyped_storage().nbytes())
    return True


def _identity(tensor: Any) -> Any:
    """Return what two tensors share if they are one, as tied weights on one storage are."""
    with suppress(RuntimeError):  # of layouts without strides
        return _place(tensor), tensor.storage_offset(), tensor.shape, tensor.stride()
    return id(tensor)


def _version(tensor: Any) -> int:
    return -1 if tensor.is_inference() else int(tensor._version)


def _idle(torch: Any, module: Any) -> int | None:
    """Return how many parameters are of experts that a token is not routed to.

    None if the module has experts and does not say to how many of them.
    """
    idle = 0
    for part in module.modules():
        experts = getattr(part, "experts", None)
        if not isinstance(experts, torch.nn.Module):
            continue
        listed = isinstance(experts, torch.nn.ModuleList)
        size = len(experts) if listed else getattr(experts, "num_experts", 0)
        # A child that routes knows how many experts there are.
        routers = (c for c in part.children() if any(size in p.shape for p in c.parameters()))
        owners = (part, *routers, *(getattr(m, "config", None) for m in (part, module)))
        routed = (getattr(owner, name, None) for name in _ROUTED for owner in owners)
        active = next((n for n in routed if isinstance(n, int) and n <= size), None)
        if not size or active is None:
            return None
        own = (p.numel() for p in experts.parameters() if listed or p.shape[:1] == (size,))
        idle += sum(own) * (size - active) // size
    return idle


def _root(name: str) -> str:
    """Return the name of what an operator does, in place, to a list or for a gradient."""
    name = name.rpartition(".")[2]
    return re.sub(r"^_foreach_|_(backward.*|jvp)$|(_copy)?_*$", "", name)


@contextmanager
def _prepared(torch: Any, module: Any, given: Any, gradients: bool) -> Iterator[Any]:
    """Put the module into evaluation mode without fused attention, and everything back at the end.

    For fused attention there is no formula. Yields the places of what the module is given and is
    made of.
    """
    from torch.nn.attention import SDPBackend, sdpa_kernel
    from torch.nn.utils import parametrize
    from torch.nn.utils.spectral_norm import SpectralNorm

    # The module works on copies of its buffers. One of TorchScript has no dict of them.
    copies = {id(tensor): tensor.clone() for tensor in module.buffers()}
    parameters = [*module.parameters()]
    tensors = [*_within(torch, given), *parameters]
    for tensor in tensors:  # and what it is made of, as a quantised parameter of torchao
        inner = tensor.__tensor_flatten__()[0] if hasattr(tensor, "__tensor_flatten__") else ()
        tensors += filter(torch.is_tensor, (getattr(tensor, name) for name in inner))
    gpus = {tensor.device.index for tensor in tensors if tensor.is_cuda}
    mha, opt_einsum = torch.backends.mha, torch.backends.opt_einsum
    with ExitStack() as stack, torch.random.fork_rng(devices=gpus):

        def kept(entries: dict[str, Any]) -> None:
            stack.callback(entries.update, dict(entries))
            stack.callback(entries.clear)

        def rewrap(parts: dict[str, Any], wrapped: dict[str, Any]) -> None:
            parts.update({n: w for n, w in wrapped.items() if parts.get(n) is w._orig_mod})

        stack.enter_context(torch.set_grad_enabled(gradients))
        stack.enter_context(sdpa_kernel(SDPBackend.MATH))
        stack.callback(mha.set_fastpath_enabled, mha.get_fastpath_enabled())
        mha.set_fastpath_enabled(False)
        # Which products an einsum makes must not depend on what else is installed.
        kept(vars(opt_einsum))
        opt_einsum.enabled = False
        # Under a counter, what optimises TorchScript fails on some traced modules.
        stack.enter_context(torch.jit.optimized_execution(False))
        # Where nothing is compiled, the compiler need not be loaded.
        compiled = "torch._dynamo" in sys.modules
        stack.enter_context(torch.compiler.set_stance("force_eager") if compiled else nullcontext())
        for parameter in parameters:
            stack.callback(setattr, parameter, "grad", parameter.grad)
            parameter.grad = None
        for part in module.modules():
            # Not by eval(), which modules override: some keep parts of themselves in one mode.
            stack.callback(setattr, part, "training", part.training)
            part.training = False
            if isinstance(parts := part._modules, dict):  # those of TorchScript are none
                # What torch.compile wraps runs without its wrapper, which warns of the hooks.
                # Others than these may be put there by forward, and stay.
                wrapped = {n: each for n, each in parts.items() if hasattr(each, "_orig_mod")}
                stack.callback(rewrap, parts, wrapped)
                parts.update({n: each._orig_mod for n, each in wrapped.items()})
                kept(own := part._buffers)
                own.update({name: copies.get(id(tensor)) for name, tensor in own.items()})
                # What is not saved with the module is no weight.
                unsaved = map(own.get, part._non_persistent_buffers_set)
                tensors += filter(torch.is_tensor, unsaved)
        # Weights that are made of others are made once, before what is counted.
        stack.enter_context(parametrize.cached())
        for part in module.modules():
            for name in part.parametrizations if parametrize.is_parametrized(part) else ():
                tensors.append(getattr(part, name))
            for key, hook in [*part._forward_pre_hooks.items()]:
                if isinstance(hook, SpectralNorm):
                    hook(part, ())
                    tensors.append(getattr(part, hook.name))
                    kept(part._forward_pre_hooks)
                    del part._forward_pre_hooks[key]
        yield {*map(_place, tensors)}
