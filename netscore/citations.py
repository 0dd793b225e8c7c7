"""How to cite the publications behind a score, as text and as BibTeX."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from netscore.networks import Network, Source

PAPERS: Final = ("wong2019netscore", "canziani2016analysis")
"""Keys of the paper that defines NetScore and the paper that defines information density."""

# "Surname, I., Surname, I.: Title. Venue (year); what else". There may be no venue.
_CITATION: Final = re.compile(
    r"(?P<authors>[^:]+?, (?:(?:[A-Z]\.[ -]?)+|et al\.)): "
    r"(?P<title>.+?)(?:\. (?P<venue>[^.]+))? "
    r"\((?P<years>(?:[0-9]{4}-)?(?P<year>[0-9]{4}))\)(?:; (?P<rest>.+))?"
)
_SERIES: Final = re.compile(r"(?P<booktitle>.+), LNCS (?P<volume>[0-9]+)")
_THESIS: Final = re.compile(r"Master thesis, (?P<school>.+)")
_TEX: Final = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    **{char: f"\\{char}" for char in "#$%&_"},
}


def cited_keys(networks: Iterable[Network]) -> list[str]:
    """List the keys to cite for some networks, each once, the two papers on the metrics first.

    Parameters
    ----------
    networks : iterable of Network
        May be empty.

    Returns
    -------
    list of str
        Keys of `netscore.load_sources`: the two papers, then for each network its own paper and
        the sources of its three figures.

    Examples
    --------
    >>> from netscore import find_network
    >>> cited_keys([find_network("MobileNetV2")])
    ['wong2019netscore', 'canziani2016analysis', 'sandler2018mobilenetv2']
    """
    keys = [*PAPERS]
    for network in networks:
        keys += [
            network.paper,
            network.accuracy_source,
            network.params_source,
            network.macs_source,
        ]
    return list(dict.fromkeys(keys))


def cite_as_text(source: Source) -> str:
    """Write a source for people: its key, the citation, where to find it and what was read there.

    Examples
    --------
    >>> from netscore import load_sources
    >>> print(cite_as_text(load_sources()["simonyan2015vgg"]))
    simonyan2015vgg
        Simonyan, K., Zisserman, A.: Very Deep Convolutional Networks for Large-Scale Image \
Recognition. ICLR (2015)
        arXiv:1409.1556
        Table 2
    """
    lines = (source.key, source.citation, source.locator, source.where)
    return "\n    ".join(line for line in lines if line)


def cite_as_bibtex(source: Source) -> str:
    r"""Write a source as a BibTeX entry.

    Parameters
    ----------
    source : Source
        Any of `netscore.load_sources`.

    Returns
    -------
    str
        ``@inproceedings``, ``@mastersthesis`` or, without a venue, ``@misc``; title and names
        with the special characters of TeX escaped. A citation without authors becomes a title
        as it stands. What was read in the publication goes to ``annote``, which the usual
        styles do not print. The pseudo-source ``counted`` is no publication and becomes a
        comment.

    Examples
    --------
    >>> from netscore import load_sources
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
    if source.key == "counted":
        return f"% {source.key}: {source.citation}"
    kind, fields = _publication(source.citation)
    notes = [fields.pop("note", ""), *_locate(source.locator, fields)]
    fields["note"] = "; ".join(_tex(note) for note in notes if note)
    fields["annote"] = _tex(source.where)
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@{kind}{{{source.key},\n{lines}}}"


def _publication(citation: str) -> tuple[str, dict[str, str]]:
    """Return entry type and fields of a citation; its note is not yet escaped."""
    match = _CITATION.fullmatch(citation)
    if match is None:
        return "misc", {"title": f"{{{_tex(citation)}}}"}
    # A full stop and a comma end a name: "Liu, Z., van der Maaten, L., et al."
    names = match["authors"].replace("et al.", "others").replace("., ", ". and ")
    fields = {"author": _tex(names), "title": f"{{{_tex(match['title'])}}}"}
    kind = "misc"
    venue = match["venue"]
    if venue:
        if thesis := _THESIS.fullmatch(venue):
            kind = "mastersthesis"
            fields["school"] = _tex(thesis["school"])
        else:
            kind = "inproceedings"
            series = _SERIES.fullmatch(venue)
            fields["booktitle"] = _tex(series["booktitle"] if series else venue)
            if series:
                fields["series"] = "Lecture Notes in Computer Science"
                fields["volume"] = series["volume"]
    fields["year"] = match["year"]
    span = match["years"] if match["years"] != match["year"] else ""
    fields["note"] = "; ".join(part for part in (span, match["rest"]) if part)
    return kind, fields


def _locate(locator: str, fields: dict[str, str]) -> list[str]:
    """Add the fields that say where to find a publication; return the parts that have none."""
    others = []
    for part in locator.split("; "):
        scheme, _, rest = part.partition(":")
        if scheme == "doi":
            fields["doi"] = rest
        elif scheme == "arXiv":
            fields["eprint"] = rest
            fields["archivePrefix"] = "arXiv"
            fields["url"] = f"https://arxiv.org/abs/{rest}"
        elif re.match(r"[a-z.]+\.com/", part):
            fields["url"] = f"https://{part}"
        else:
            others.append(part)
    return others


def _tex(text: str) -> str:
    return "".join(_TEX.get(char, char) for char in text)
