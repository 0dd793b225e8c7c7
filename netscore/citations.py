"""How to cite the publications behind a score, as text and as BibTeX."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from netscore import __version__
from netscore.layout import TEX

if TYPE_CHECKING:
    from collections.abc import Iterable

    from netscore.networks import Network, Source

PAPERS: Final = ("wong2019netscore", "canziani2016analysis")
"""Keys of the paper that defines NetScore and the paper that defines information density."""

_TEX: Final = str.maketrans(TEX)


def cited_keys(networks: Iterable[Network]) -> list[str]:
    """List the keys to cite for some networks, each once, first the papers on the metrics.

    Parameters
    ----------
    networks : iterable of Network
        May be empty.

    Returns
    -------
    list of str
        Keys of `netscore.networks.load_sources`: the two papers, this software, then for each
        network its own paper, if it has one, and the sources of its three figures.

    Examples
    --------
    >>> from netscore import find_network
    >>> cited_keys([find_network("MobileNetV2")])
    ['wong2019netscore', 'canziani2016analysis', 'netscore', 'sandler2018mobilenetv2']
    """
    keys: list[str | None] = [*PAPERS, "netscore"]
    for n in networks:
        keys += [n.paper, n.accuracy_source, n.params_source, n.macs_source]
    return list(dict.fromkeys(filter(None, keys)))


def _version(source: Source) -> str:
    """Return the version of what is cited: of this software that which runs."""
    return __version__ if source.type == "software" else ""


def citation(source: Source) -> str:
    """Write who published what, where and when, in one line.

    Examples
    --------
    >>> from netscore.networks import load_sources
    >>> citation(load_sources()["zagoruyko2016wrn"])
    'Zagoruyko, S., Komodakis, N.: Wide Residual Networks. BMVC (2016)'
    """
    thesis = "Master thesis, " if source.type == "mastersthesis" else ""
    parts = (
        ("{}: ", source.authors.replace("; ", ", ")),
        ("{}", source.title),
        (". version {}", _version(source)),
        (f". {thesis}{{}}", source.venue),
        (", LNCS {}", source.lncs),
        (", pp. {}", source.pages),
        (" ({})", source.year),
        ("; {}", source.note),
    )
    return "".join(form.format(text) for form, text in parts if text)


def locators(source: Source) -> dict[str, str]:
    """Return the address of each place where a source is found, by how the place is written.

    Examples
    --------
    >>> from netscore.networks import load_sources
    >>> locators(load_sources()["zagoruyko2016wrn"])
    {'arXiv:1605.07146': 'https://arxiv.org/abs/1605.07146'}
    """
    places = (
        ("doi:", "https://doi.org/", source.doi),
        ("arXiv:", "https://arxiv.org/abs/", source.arxiv),
        ("", "https://", source.url.removeprefix("https://")),
    )
    return {name + place: address + place for name, address, place in places if place}


def cite_as_text(source: Source) -> str:
    """Write a source for people: its key, the citation, where to find it and what was read there.

    Examples
    --------
    >>> from netscore.networks import load_sources
    >>> print(cite_as_text(load_sources()["simonyan2015vgg"]))
    simonyan2015vgg
        Simonyan, K., Zisserman, A.: Very Deep Convolutional Networks for Large-Scale Image \
Recognition. ICLR (2015)
        arXiv:1409.1556
        Table 2
    """
    lines = (source.key, citation(source), "; ".join(locators(source)), source.where)
    return "\n    ".join(filter(None, lines))


def cite_as_bibtex(source: Source) -> str:
    r"""Write a source as a BibTeX entry.

    Parameters
    ----------
    source : Source
        Any of `netscore.load_sources`.

    Returns
    -------
    str
        ``@inproceedings``, ``@mastersthesis``, ``@software`` or ``@misc``; title and names
        with the special characters of TeX escaped. What was read in the publication goes to
        ``annote``, which the usual styles do not print. The pseudo-source ``counted`` is no
        publication and becomes a comment.

    Examples
    --------
    >>> from netscore.networks import load_sources
    >>> print(cite_as_bibtex(load_sources()["simonyan2015vgg"]))
    @inproceedings{simonyan2015vgg,
      author = {Simonyan, K. and Zisserman, A.},
      title = {{Very Deep Convolutional Networks for Large-Scale Image Recognition}},
      booktitle = {ICLR},
      year = {2015},
      eprint = {1409.1556},
      archivePrefix = {arXiv},
      url = {https://arxiv.org/abs/1409.1556},
      annote = {Table 2},
    }
    """
    if not source.type:
        return f"% {source.key}: {citation(source)}"
    # Of several years the last, and all of them in the note.
    years = source.year if "-" in source.year else ""
    authors = source.authors.replace("; ", " and ").replace("et al.", "others").translate(_TEX)
    if authors and "," not in authors:  # a group, whose name BibTeX would take apart
        authors = f"{{{authors}}}"
    fields = {
        "author": authors,
        "title": f"{{{source.title.translate(_TEX)}}}",
        "school" if source.type == "mastersthesis" else "booktitle": source.venue.translate(_TEX),
        "series": source.lncs and "Lecture Notes in Computer Science",
        "volume": source.lncs,
        "version": _version(source),
        "year": source.year[-4:],
        "pages": source.pages.replace("-", "--"),
        "doi": source.doi,
        "eprint": source.arxiv,
        "archivePrefix": source.arxiv and "arXiv",
        "url": f"https://arxiv.org/abs/{source.arxiv}" if source.arxiv else source.url,
        "note": "; ".join(filter(None, (years, source.note))).translate(_TEX),
        "annote": source.where.translate(_TEX),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@{source.type}{{{source.key},\n{lines}}}"
