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
    from netscore.counting import Count, CountWarning, count, macs_from_flops
    from netscore.diagnosis import Convention, Diagnosis, diagnose
    from netscore.formula import information_density, netscore
    from netscore.networks import Network, Source, find_network, load_networks, load_sources
    from netscore.pareto import pareto_front
    from netscore.plotting import plot_bars, plot_sensitivity, plot_tradeoff
    from netscore.ranking import rank
    from netscore.robustness import Sensitivity, netscore_interval, sensitivity, solve
    from netscore.selection import top
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
    from netscore.variants import Cost, mnasnet_reward, ns_e, ns_m, ns_sharp, weighted_score

__version__ = "0.1.0"

__all__ = [
    "Comparison",
    "Convention",
    "Cost",
    "Count",
    "CountWarning",
    "Diagnosis",
    "Network",
    "NextPlace",
    "Sensitivity",
    "Signature",
    "Source",
    "UnitWarning",
    "__version__",
    "compare",
    "count",
    "diagnose",
    "find_network",
    "information_density",
    "load_networks",
    "load_sources",
    "macs_from_flops",
    "mnasnet_reward",
    "mnasnet_reward_signature",
    "netscore",
    "netscore_interval",
    "ns_e",
    "ns_e_signature",
    "ns_m",
    "ns_m_signature",
    "ns_sharp",
    "ns_sharp_signature",
    "pareto_front",
    "parse_signature",
    "plot_bars",
    "plot_sensitivity",
    "plot_tradeoff",
    "rank",
    "sensitivity",
    "signature",
    "solve",
    "top",
    "weighted_score",
    "weighted_score_signature",
]

_ROOMS = {
    "Comparison": "comparison",
    "Convention": "diagnosis",
    "Cost": "variants",
    "Count": "counting",
    "CountWarning": "counting",
    "Diagnosis": "diagnosis",
    "Network": "networks",
    "NextPlace": "comparison",
    "Sensitivity": "robustness",
    "Signature": "signatures",
    "Source": "networks",
    "UnitWarning": "checks",
    "compare": "comparison",
    "count": "counting",
    "diagnose": "diagnosis",
    "find_network": "networks",
    "information_density": "formula",
    "load_networks": "networks",
    "load_sources": "networks",
    "macs_from_flops": "counting",
    "mnasnet_reward": "variants",
    "mnasnet_reward_signature": "signatures",
    "netscore": "formula",
    "netscore_interval": "robustness",
    "ns_e": "variants",
    "ns_e_signature": "signatures",
    "ns_m": "variants",
    "ns_m_signature": "signatures",
    "ns_sharp": "variants",
    "ns_sharp_signature": "signatures",
    "pareto_front": "pareto",
    "parse_signature": "signatures",
    "plot_bars": "plotting",
    "plot_sensitivity": "plotting",
    "plot_tradeoff": "plotting",
    "rank": "ranking",
    "sensitivity": "robustness",
    "signature": "signatures",
    "solve": "robustness",
    "top": "selection",
    "weighted_score": "variants",
    "weighted_score_signature": "signatures",
}


# Hidden from type checkers, to which any name would otherwise seem to exist.
if not TYPE_CHECKING:  # pragma: no branch

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
