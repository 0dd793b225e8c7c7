"""NetScore and information density: how efficient a neural network is.

>>> from netscore import netscore
>>> round(netscore(72.0, params=3.4e6, macs=300e6), 1)  # MobileNetV2
74.2
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from netscore.checks import UnitWarning
    from netscore.comparison import Comparison, NextPlace, compare
    from netscore.formula import information_density, netscore
    from netscore.networks import Network, Source, find_network, load_networks, load_sources
    from netscore.pareto import pareto_front
    from netscore.ranking import rank
    from netscore.selection import top

__version__ = "0.1.0"

__all__ = [
    "Comparison",
    "Network",
    "NextPlace",
    "Source",
    "UnitWarning",
    "__version__",
    "compare",
    "find_network",
    "information_density",
    "load_networks",
    "load_sources",
    "netscore",
    "pareto_front",
    "rank",
    "top",
]

_ROOMS = {
    "Comparison": "comparison",
    "Network": "networks",
    "NextPlace": "comparison",
    "Source": "networks",
    "UnitWarning": "checks",
    "compare": "comparison",
    "find_network": "networks",
    "information_density": "formula",
    "load_networks": "networks",
    "load_sources": "networks",
    "netscore": "formula",
    "pareto_front": "pareto",
    "rank": "ranking",
    "top": "selection",
}


# Hidden from type checkers, to which any name would otherwise seem to exist.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Load a public name, or a room of the package, on first use."""
        from importlib import import_module

        if name in _ROOMS:
            value: object = getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)
        elif name in _ROOMS.values():
            value = import_module(f"{__name__}.{name}")
        else:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted({*globals(), *__all__})
