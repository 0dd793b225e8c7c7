"""What to cite: the fields of a source as text and as BibTeX."""

from __future__ import annotations

import re
from dataclasses import fields as fields_in
from pathlib import Path

import pytest

from netscore import __version__, find_network, load_networks
from netscore.citations import (
    PAPERS,
    citation,
    cite_as_bibtex,
    cite_as_text,
    cited_keys,
    locators,
)
from netscore.networks import Source, load_sources

PUBLICATIONS = [key for key in load_sources() if key != "counted"]


def source(**given: str) -> Source:
    """A source of which no more is known than is given."""
    return Source(**{field.name: "" for field in fields_in(Source)} | {"key": "x", **given})


def entry(text: str) -> tuple[str, str, dict[str, str]]:
    """Read one BibTeX entry, brace by brace; anything that is not one fails."""
    head = re.match(r"@(\w+)\{(\w+),\n", text)
    assert head, text
    at = head.end()
    fields: dict[str, str] = {}
    while text[at] != "}":
        name = re.compile(r"  (\w+) = \{").match(text, at)
        assert name, text[at:]
        at = start = name.end()
        depth = 1
        while depth:
            if text[at] == "\\":
                at += 1  # an escaped brace opens and closes nothing
            elif text[at] in "{}":
                depth += 1 if text[at] == "{" else -1
            at += 1
        assert name[1] not in fields
        fields[name[1]] = text[start : at - 1]
        assert text[at : at + 2] == ",\n"
        at += 2
    assert text[at:] == "}"
    return head[1], head[2], fields


@pytest.mark.parametrize("key", PUBLICATIONS)
def test_every_publication_is_a_valid_entry_with_all_its_fields(key: str) -> None:
    of = load_sources()[key]
    kind, name, fields = entry(cite_as_bibtex(of))
    assert (kind, name) == (of.type, key)
    assert all(fields.values())
    # No character that TeX would act upon; addresses are set verbatim.
    for field in set(fields) - {"url", "doi", "eprint"}:
        assert not re.search(r"(?<!\\)[#$%&_^~<>]", fields[field]), fields[field]
    if "," not in of.authors:
        assert fields["author"] == f"{{{of.authors}}}"
        return
    surnames = [name.partition(",")[0] for name in of.authors.split("; ") if name != "et al."]
    cited = fields["author"].removesuffix(" and others").split(" and ")
    assert [name.partition(",")[0] for name in cited] == surnames
    assert ("and others" in fields["author"]) == ("et al." in of.authors)
    assert fields["year"] == of.year[-4:]
    assert [fields.get(field, "") for field in ("doi", "eprint")] == [of.doi, of.arxiv]
    assert ("url" in fields) == bool(of.url or of.arxiv)


@pytest.mark.parametrize("key", load_sources())
def test_text_says_all_that_is_known(key: str) -> None:
    of = load_sources()[key]
    text = cite_as_text(of)
    assert text.splitlines()[0] == key
    assert all(line.strip() for line in text.splitlines())
    known = {field.name: getattr(of, field.name) for field in fields_in(Source)}
    known["authors"] = of.authors.replace("; ", ", ")
    known["url"] = of.url.removeprefix("https://")
    del known["type"]
    assert all(value in text for value in known.values())


def test_the_paper() -> None:
    assert entry(cite_as_bibtex(load_sources()["wong2019netscore"])) == (
        "inproceedings",
        "wong2019netscore",
        {
            "author": "Wong, Alexander",
            "title": "{NetScore: Towards Universal Metrics for Large-Scale Performance Analysis of "
            "Deep Neural Networks for Practical On-Device Edge Usage}",
            "booktitle": "Image Analysis and Recognition (ICIAR 2019)",
            "series": "Lecture Notes in Computer Science",
            "volume": "11663",
            "year": "2019",
            "doi": "10.1007/978-3-030-27272-2_2",
            "eprint": "1806.05512",
            "archivePrefix": "arXiv",
            "url": "https://arxiv.org/abs/1806.05512",
            "annote": "the chapter",
        },
    )
    assert cite_as_text(load_sources()["wong2019netscore"]).splitlines()[1:] == [
        "    Wong, Alexander: NetScore: Towards Universal Metrics for Large-Scale Performance "
        "Analysis of Deep Neural Networks for Practical On-Device Edge Usage. Image Analysis and "
        "Recognition (ICIAR 2019), LNCS 11663 (2019)",
        "    doi:10.1007/978-3-030-27272-2_2; arXiv:1806.05512",
        "    the chapter",
    ]


@pytest.mark.parametrize(
    ("key", "text", "expected"),
    [
        (
            "jia2014caffe",
            "Jia, Y., et al.: Caffe: Convolutional Architecture for Fast Feature Embedding. "
            "ACM Multimedia (2014); BVLC AlexNet model page",
            "author=Jia, Y. and others|booktitle=ACM Multimedia|note=BVLC AlexNet model page|"
            r"annote=bvlc\_alexnet readme, single centre crop",
        ),
        (
            "gschwend2016zynqnet",
            "Gschwend, D.: ZynqNet: An FPGA-Accelerated Embedded Convolutional Neural Network. "
            "Master thesis, ETH Zurich (2016)",
            "school=ETH Zurich|url=https://github.com/dgschwend/zynqnet",
        ),
        (
            "redmon2016darknet",
            "Redmon, J.: Darknet: Open Source Neural Networks in C, ImageNet classification and "
            "Tiny Darknet pages (2013-2016)",
            "year=2016|note=2013-2016|url=https://pjreddie.com/darknet",
        ),
        (
            "iandola2016squeezenet",
            "Iandola, F., et al.: SqueezeNet: AlexNet-level accuracy with 50x fewer parameters "
            "and <0.5MB model size (2016)",
            "title={SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and "
            r"\textless{}0.5MB model size}",
        ),
    ],
)
def test_what_the_citations_say(key: str, text: str, expected: str) -> None:
    assert citation(load_sources()[key]) == text
    fields = entry(cite_as_bibtex(load_sources()[key]))[2]
    for part in expected.split("|"):
        name, _, value = part.partition("=")
        assert fields[name] == value


def test_a_group_of_authors_is_one_name() -> None:
    # Without the inner braces BibTeX takes "and" for the next author.
    fields = entry(cite_as_bibtex(load_sources()["torchvision2016"]))[2]
    assert fields["author"] == "{TorchVision maintainers and contributors}"


def test_the_software_is_cited_with_the_version_that_runs() -> None:
    of = load_sources()["netscore"]
    assert citation(of).endswith(f"neural networks. version {__version__} (2026)")
    kind, key, fields = entry(cite_as_bibtex(of))
    assert (kind, key, fields["version"]) == ("software", "netscore", __version__)
    assert fields["author"] == "{The netscore developers}"


def test_the_entries_say_what_the_citation_file_does() -> None:
    yaml = pytest.importorskip("yaml", reason="reading YAML needs PyYAML")
    cff = yaml.safe_load((Path(__file__).parents[1] / "CITATION.cff").read_text(encoding="utf-8"))
    keys = ("netscore", *PAPERS)
    for key, of in zip(keys, (cff, cff["preferred-citation"], *cff["references"])):
        fields = entry(cite_as_bibtex(load_sources()[key]))[2]
        names = [a.get("name") or f"{a['family-names']}, {a['given-names']}" for a in of["authors"]]
        assert fields["author"].strip("{}") == " and ".join(names)
        assert of["title"] in fields["title"]
        if "collection-title" in of:
            assert f"{fields['booktitle']}, {fields['series']}" == of["collection-title"]
        for name in {"version", "year", "volume", "doi", "url"} & set(of):
            assert fields[name] == str(of[name])


def test_pages_are_a_range_of_each_form() -> None:
    of = source(type="inproceedings", title="T", venue="V", year="2020", pages="10-20")
    assert citation(of) == "T. V, pp. 10-20 (2020)"
    assert entry(cite_as_bibtex(of))[2]["pages"] == "10--20"


def test_special_characters_are_escaped() -> None:
    of = source(type="misc", title="A{b} 50 % & #1 $2_3 ~^\\ <y>")
    assert entry(cite_as_bibtex(of))[2] == {
        "title": r"{A\{b\} 50 \% \& \#1 \$2\_3 \textasciitilde{}\textasciicircum{}\textbackslash{} "
        r"\textless{}y\textgreater{}}"
    }


def test_the_places_of_a_source_are_addresses() -> None:
    assert locators(source(doi="10.1/x_y", arxiv="1234.5678", url="https://a.org/b")) == {
        "doi:10.1/x_y": "https://doi.org/10.1/x_y",
        "arXiv:1234.5678": "https://arxiv.org/abs/1234.5678",
        "a.org/b": "https://a.org/b",
    }
    assert locators(source()) == {}


def test_the_count_is_no_publication() -> None:
    counted = load_sources()["counted"]
    assert cite_as_bibtex(counted) == f"% counted: {counted.title}"
    # BibTeX takes everything outside an entry for a comment, but for this character.
    assert "@" not in cite_as_bibtex(counted)
    assert cite_as_text(counted) == f"counted\n    {counted.title}"


def test_the_two_papers_come_first_and_no_key_comes_twice() -> None:
    assert PAPERS == ("wong2019netscore", "canziani2016analysis")
    first = [*PAPERS, "netscore"]
    assert cited_keys([]) == first
    # Figures: jia2014caffe, krizhevsky2012alexnet, howard2017mobilenets; the paper is the second.
    alexnet = ["krizhevsky2012alexnet", "jia2014caffe", "howard2017mobilenets"]
    assert cited_keys([find_network("AlexNet")] * 2) == [*first, *alexnet]
    weights = load_networks("torchvision")
    assert cited_keys(weights[:2]) == [*first, "torchvision2016"]
    everything = cited_keys([*load_networks(), *weights])
    assert sorted(everything) == sorted(load_sources())
