"""Score one network and see where it stands among the 60 of the reference table."""

from __future__ import annotations

from netscore import information_density, load_networks, netscore

accuracy, params, macs = 75.1, 5.1e6, 535e6

score = netscore(accuracy, params, macs)
density = information_density(accuracy, params)
higher = [network for network in load_networks() if network.netscore > score]
nearest = min(higher, key=lambda network: network.netscore)

print(f"NetScore {score:.2f}, information density {density:.2f} % per million parameters")
print(f"Rank {1 + len(higher)} among the 60; next above: {nearest.name}, {nearest.netscore:.2f}")
