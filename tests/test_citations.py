from __future__ import annotations

import re

import pytest

from netscore import find_network, load_networks, load_sources
from netscore.citations import PAPERS, cite_as_bibtex, cite_as_text, cited_keys
from netscore.networks import Source

PUBLICATIONS = [key for key in load_sources() if key != "counted"]


def fields_of(entry: str) -> tuple[str, str, dict[str, str]]:
    """Read one BibTeX entry, brace by brace; anything that is not one fails."""
    head = re.match(r"@(\w+)\{(\w+),\n", entry)
    assert head, entry
    at = head.end()
    fields: dict[str, str] = {}
    while entry[at] != "}":
        name = re.compile(r"  (\w+) = \{").match(entry, at)
        assert name, entry[at:]
        at = start = name.end()
        depth = 1
        while depth:
            if entry[at] == "\\":
                at += 1  # an escaped brace opens and closes nothing
            elif entry[at] in "{}":
                depth += 1 if entry[at] == "{" else -1
            at += 1
        assert name[1] not in fields
        fields[name[1]] = entry[start : at - 1]
        assert entry[at : at + 2] == ",\n"
        at += 2
    assert entry[at:] == "}"
    return head[1], head[2], fields


@pytest.mark.parametrize("key", PUBLICATIONS)
def test_every_source_is_a_valid_entry(key: str) -> None:
    source = load_sources()[key]
    kind, name, fields = fields_of(cite_as_bibtex(source))
    assert kind in {"inproceedings", "mastersthesis", "misc"}
    assert name == key
    assert re.fullmatch(r"\{[^{}]+(\\textless\{\}[^{}]+)?\}", fields["title"])
    assert all(fields.values())
    # No character that TeX would act upon; addresses are set verbatim.
    for field in set(fields) - {"url", "doi", "eprint"}:
        assert not re.search(r"(?<!\\)[#$%&_^~<>]", fields[field]), fields[field]
    if key != "squeezenextnotes":
        surname = re.match(r"[A-Za-z ]+", source.citation)
        years = re.findall(r"[0-9]{4}(?=\))", source.citation)
        assert surname
        assert fields["author"].startswith(f"{surname[0]}, ")
        assert "., " not in fields["author"]
        assert "et al" not in fields["author"]
        assert fields["year"] == years[-1]
        assert fields["title"].strip("{}").split(":")[0] in source.citation
        if "arXiv:" in source.locator:
            assert fields["eprint"] == source.locator.split("arXiv:")[1]
            assert fields["archivePrefix"] == "arXiv"
            assert fields["url"] == f"https://arxiv.org/abs/{fields['eprint']}"


def test_the_paper() -> None:
    assert fields_of(cite_as_bibtex(load_sources()["wong2019netscore"])) == (
        "inproceedings",
        "wong2019netscore",
        {
            "author": "Wong, A.",
            "title": "{NetScore: Towards Universal Metrics for Large-Scale Performance Analysis of "
            "Deep Neural Networks for Practical On-Device Edge Usage}",
            "booktitle": "ICIAR",
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


@pytest.mark.parametrize(
    ("key", "kind", "expected"),
    [
        ("canziani2016analysis", "misc", "author=Canziani, A. and Paszke, A. and Culurciello, E."),
        (
            "huang2017densenet",
            "inproceedings",
            "author=Huang, G. and Liu, Z. and van der Maaten, L. and Weinberger, K.|booktitle=CVPR",
        ),
        ("howard2017mobilenets", "misc", "author=Howard, A. and others"),
        (
            "jia2014caffe",
            "inproceedings",
            "author=Jia, Y. and others|booktitle=ACM Multimedia|note=BVLC AlexNet model page|"
            r"annote=bvlc\_alexnet readme, single centre crop",
        ),
        (
            "gschwend2016zynqnet",
            "mastersthesis",
            "school=ETH Zurich|url=https://github.com/dgschwend/zynqnet",
        ),
        (
            "redmon2016darknet",
            "misc",
            "year=2016|note=2013-2016|url=https://pjreddie.com/darknet",
        ),
        ("krizhevsky2012alexnet", "inproceedings", "booktitle=NIPS|note=NIPS 2012"),
        (
            "iandola2016squeezenet",
            "misc",
            "title={SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and "
            r"\textless{}0.5MB model size}",
        ),
        (
            "gross2016fbresnet",
            "misc",
            "title={Training and investigating Residual Nets; fb.resnet.torch release notes}",
        ),
        (
            "squeezenextnotes",
            "misc",
            "title={Third-party study notes that transcribe Tables 1 and 2 of Gholami et al. "
            "(2018)}",
        ),
    ],
)
def test_what_the_citations_say(key: str, kind: str, expected: str) -> None:
    found_kind, _, fields = fields_of(cite_as_bibtex(load_sources()[key]))
    assert found_kind == kind
    for part in expected.split("|"):
        name, _, value = part.partition("=")
        assert fields[name] == value


def test_a_citation_without_authors_has_none_invented() -> None:
    _, _, fields = fields_of(cite_as_bibtex(load_sources()["squeezenextnotes"]))
    assert set(fields) == {"title", "annote"}


def test_special_characters_are_escaped() -> None:
    source = Source("x", "A{b} 50 % & #1 $2_3 ~^\\ <y>", "", "")
    assert fields_of(cite_as_bibtex(source))[2] == {
        "title": r"{A\{b\} 50 \% \& \#1 \$2\_3 \textasciitilde{}\textasciicircum{}\textbackslash{} "
        r"\textless{}y\textgreater{}}"
    }


def test_the_count_is_no_publication() -> None:
    counted = load_sources()["counted"]
    assert cite_as_bibtex(counted) == f"% counted: {counted.citation}"
    # BibTeX takes everything outside an entry for a comment, but for this character.
    assert "@" not in cite_as_bibtex(counted)
    assert cite_as_text(counted) == f"counted\n    {counted.citation}"


@pytest.mark.parametrize("key", PUBLICATIONS)
def test_text_says_all_that_is_known(key: str) -> None:
    source = load_sources()[key]
    text = cite_as_text(source)
    assert text.splitlines()[0] == key
    assert all(part in text for part in (source.citation, source.locator, source.where))
    assert all(line.strip() for line in text.splitlines())


def test_the_two_papers_come_first_and_no_key_comes_twice() -> None:
    assert PAPERS == ("wong2019netscore", "canziani2016analysis")
    assert cited_keys([]) == [*PAPERS]
    # Figures: jia2014caffe, krizhevsky2012alexnet, howard2017mobilenets; the paper is the second.
    alexnet = ["krizhevsky2012alexnet", "jia2014caffe", "howard2017mobilenets"]
    assert cited_keys([find_network("AlexNet")] * 2) == [*PAPERS, *alexnet]


def test_all_that_any_network_needs_can_be_cited() -> None:
    keys = cited_keys(load_networks())
    assert set(keys) <= set(load_sources())
    assert len(keys) == len(set(keys))
