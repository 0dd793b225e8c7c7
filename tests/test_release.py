"""What is released: one version, complete archives built twice alike, the workflows, the paper."""

from __future__ import annotations

import email
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, get_args
from urllib.parse import urlsplit

import pytest

import netscore
from netscore import load_networks
from netscore.networks import Grade, load_sources

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

ROOT = Path(__file__).parents[1]
DATA = ("networks.csv", "torchvision.csv", "sources.csv", "README.md")
WORKFLOWS = ROOT / ".github" / "workflows"


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def files_in(folder: str) -> set[str]:
    """Paths of the files that are not left behind by running them."""
    return {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def load(path: str) -> Any:
    yaml = pytest.importorskip("yaml", reason="reading YAML needs PyYAML")
    return yaml.safe_load(read(path))


# The version


def test_citation_and_changelog_name_the_version() -> None:
    changes = read("CHANGELOG.md")
    released = re.findall(r"^## \[([0-9][^]]*)\] - (\S+)$", changes, re.MULTILINE)
    cited = {
        key: re.findall(rf'^{key}: "?([^"\n]+)"?$', read("CITATION.cff"), re.MULTILINE)
        for key in ("version", "date-released")
    }
    number, dev, _ = netscore.__version__.partition(".dev")
    if dev:  # between two releases: later than the last one, and without a date
        assert re.search(r"^## \[Unreleased\]$", changes, re.MULTILINE)
        assert list(map(int, number.split("."))) > list(map(int, released[0][0].split(".")))
        assert cited == {"version": [netscore.__version__], "date-released": []}
    else:
        assert released[0][0] == number
        assert cited == {"version": [number], "date-released": [released[0][1]]}


def test_the_citation_file_is_valid() -> None:
    cffconvert = pytest.importorskip("cffconvert", reason="validation needs cffconvert")
    cffconvert.Citation(read("CITATION.cff")).validate()
    with pytest.raises(Exception, match="authors"):
        cffconvert.Citation(read("CITATION.cff").replace("\nauthors:", "\nwriters:", 1)).validate()


# The archives


class Archives(NamedTuple):
    sdist: Path
    wheel: Path


def build(source: Path, target: Path) -> Archives:
    """Build both archives as a release does, but with the build tools that are installed."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(target), "."]
    # 14 November 2023, 22:13:20 UTC; a zip archive knows only even seconds
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}
    result = subprocess.run(
        command, check=False, cwd=source, env=environment, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return Archives(*target.glob("*.tar.gz"), *target.glob("*.whl"))


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Archives:
    for needed in ("build", "hatchling", "hatch_fancy_pypi_readme"):
        pytest.importorskip(needed, reason="the archives are built with build and hatchling")
    return build(ROOT, tmp_path_factory.mktemp("built"))


@pytest.fixture(scope="module")
def unpacked(archives: Archives, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The contents of the sdist, every file of another age than in the original tree."""
    target = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(archives.sdist) as sdist:
        sdist.extractall(target, filter="data")
    (folder,) = target.iterdir()
    for path in folder.rglob("*"):
        os.utime(path, (1e9, 1e9))
    return folder


@pytest.fixture(scope="module")
def metadata(archives: Archives) -> Message:
    with zipfile.ZipFile(archives.wheel) as wheel:
        (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        return email.message_from_string(wheel.read(name).decode())


def test_the_wheel_holds_the_package_and_nothing_else(archives: Archives) -> None:
    about = f"netscore-{netscore.__version__}.dist-info/"
    with zipfile.ZipFile(archives.wheel) as wheel:
        names = wheel.namelist()
    assert {name for name in names if not name.startswith(about)} == files_in("netscore")
    assert {name.removeprefix(about) for name in names if name.startswith(about)} == {
        "METADATA",
        "RECORD",
        "WHEEL",
        "entry_points.txt",
        "licenses/LICENSE",
    }
    for needed in ("py.typed", *(f"data/{name}" for name in DATA)):
        assert names.count(f"netscore/{needed}") == 1


def test_the_sdist_holds_everything_that_its_tests_read(archives: Archives) -> None:
    with tarfile.open(archives.sdist) as sdist:
        paths = [name.partition("/")[2] for name in sdist.getnames()]
    for folder in ("netscore", "tests", "docs", "examples", ".ci", ".github"):
        within = {path for path in paths if path.startswith(f"{folder}/")}
        assert within == files_in(folder) != set()
    assert {path for path in paths if "/" not in path} == {
        ".gitignore",
        ".pre-commit-config.yaml",
        "CHANGELOG.md",
        "CITATION.cff",
        "CONTRIBUTING.md",
        "LICENSE",
        "PKG-INFO",
        "README.md",
        "SECURITY.md",
        "conftest.py",
        "pyproject.toml",
    }


def test_the_sdist_runs_its_tests(unpacked: Path) -> None:
    quick = ["tests/test_reference_data.py", "netscore/networks.py"]
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", *quick]
    environment = {**os.environ, "PYTEST_ADDOPTS": "", "PYTHONDONTWRITEBYTECODE": "1"}
    result = subprocess.run(
        command, check=False, cwd=unpacked, env=environment, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_unpacked_sdist_builds_the_same_archives(
    archives: Archives, unpacked: Path, tmp_path: Path
) -> None:
    again = build(unpacked, tmp_path)
    for first, second in zip(archives, again):
        assert first.name == second.name
        assert first.read_bytes() == second.read_bytes()


def test_the_archives_bear_the_version(archives: Archives, metadata: Message) -> None:
    assert metadata["Version"] == netscore.__version__
    assert archives.sdist.name == f"netscore-{netscore.__version__}.tar.gz"
    assert archives.wheel.name == f"netscore-{netscore.__version__}-py3-none-any.whl"


def test_a_package_index_shows_no_link_to_a_file_beside_the_readme(metadata: Message) -> None:
    readme, shown = read("README.md"), str(metadata.get_payload())
    target = re.compile(r"\]\(([^)]*)\)")
    assert "docs/images/tradeoff.png" in target.findall(readme)
    assert "CONTRIBUTING.md" in target.findall(readme)
    assert {urlsplit(link).scheme for link in target.findall(shown)} == {"https"}
    assert "![" not in shown
    assert "see CONTRIBUTING.md for" in shown
    assert [line for line in readme.splitlines() if line.startswith("#")] == [
        line for line in shown.splitlines() if line.startswith("#")
    ]
    urls = dict(each.split(", ") for each in metadata.get_all("Project-URL", []))
    assert urls["Paper"] == "https://doi.org/10.1007/978-3-030-27272-2_2"


# The workflows


def jobs() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in WORKFLOWS.iterdir():
        for name, job in load(f".github/workflows/{path.name}")["jobs"].items():
            yield f"{path.name}: {name}", job


def test_the_workflows_are_these() -> None:
    assert {path.name for path in WORKFLOWS.iterdir()} == {
        "docs.yml",
        "numpy-prerelease.yml",
        "release.yml",
        "tests.yml",
    }


def test_every_action_is_pinned_to_one_commit() -> None:
    commits: dict[str, set[str]] = {}
    for path in WORKFLOWS.iterdir():
        for line in re.findall(r"\buses:.*", path.read_text(encoding="utf-8")):
            pinned = re.fullmatch(r"uses: ([\w-]+/[\w-]+)@([0-9a-f]{40} # v\d+\.\d+\.\d+)", line)
            assert pinned, f"{path.name}: {line}"
            commits.setdefault(pinned[1], set()).add(pinned[2])
    assert commits
    assert {action for action, pins in commits.items() if len(pins) > 1} == set()


def test_permissions_are_least() -> None:
    for path in WORKFLOWS.iterdir():
        assert load(f".github/workflows/{path.name}")["permissions"] == {"contents": "read"}
    writing = {name: job for name, job in jobs() if "permissions" in job}
    assert set(writing) == {"docs.yml: publish", "release.yml: publish"}
    for job in writing.values():  # such a job runs no code of the repository
        assert job["environment"]
        assert job["if"].startswith(("github.ref == 'refs/heads/main'", "startsWith(github.ref"))
        for step in job["steps"]:
            assert "run" not in step
            assert not step["uses"].startswith("actions/checkout")


def test_credentials_are_neither_stored_nor_kept() -> None:
    for path in WORKFLOWS.iterdir():
        assert "secrets" not in path.read_text(encoding="utf-8")
    for _, job in jobs():
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"] == {"persist-credentials": False}


def test_a_tag_is_published_by_trust_after_its_wheel_was_installed() -> None:
    workflow = load(".github/workflows/release.yml")
    assert workflow[True]["push"]["tags"] == ["v*"]  # YAML 1.1 takes the key on for a boolean
    publish = workflow["jobs"]["publish"]
    assert publish["needs"] == "install"
    assert workflow["jobs"]["install"]["needs"] == "build"
    assert publish["if"] == "startsWith(github.ref, 'refs/tags/v')"
    assert publish["permissions"] == {"id-token": "write"}
    *_, upload = publish["steps"]
    assert upload["uses"].startswith("pypa/gh-action-pypi-publish@")
    assert "with" not in upload


def test_the_pythons_tested_are_those_supported(metadata: Message) -> None:
    classifiers = [text.split(" :: ") for text in metadata.get_all("Classifier", [])]
    supported = [words[-1] for words in classifiers if re.fullmatch(r"3\.\d+", words[-1])]
    assert metadata["Requires-Python"] == f">={supported[0]}"
    matrix = load(".github/workflows/tests.yml")["jobs"]["tests"]["strategy"]["matrix"]
    assert matrix["python-version"] == supported
    install = load(".github/workflows/release.yml")["jobs"]["install"]["strategy"]["matrix"]
    assert install == {"os": matrix["os"], "python-version": [supported[0], supported[-1]]}


def test_the_extras_that_workflows_install_exist(metadata: Message) -> None:
    texts = (path.read_text(encoding="utf-8") for path in WORKFLOWS.iterdir())
    wanted = {extra for text in texts for extra in re.findall(r'"\.\[(\w+)\]"', text)}
    assert "test" in wanted
    assert wanted <= set(metadata.get_all("Provides-Extra", []))


# What contributors meet


def test_pre_commit_runs_the_lint_and_types_of_ci() -> None:
    (section,) = re.findall(r'^say "lint and types"\n((?:.+\n)+)', read(".ci/run"), re.MULTILINE)
    wanted = [line.removeprefix('"$python" ') for line in section.splitlines()]
    (repository,) = load(".pre-commit-config.yaml")["repos"]
    assert repository["repo"] == "local"
    found = [hook["entry"].removeprefix(".venv/bin/python ") for hook in repository["hooks"]]
    assert found == wanted
    assert all(command.startswith("-m ") for command in found)
    for hook in repository["hooks"]:
        assert (hook["language"], hook["pass_filenames"]) == ("system", False)


def test_a_figure_is_corrected_with_its_source_and_grade() -> None:
    form = load(".github/ISSUE_TEMPLATE/correct-a-figure.yml")["body"]
    fields = {field["id"]: field for field in form if "id" in field}
    required = {name for name, field in fields.items() if field.get("validations")}
    assert required == {"network", "figure", "old", "new", "source", "grade"}
    assert set(fields["grade"]["attributes"]["options"]) == set(get_args(Grade))
    *columns, _other = fields["figure"]["attributes"]["options"]
    header = read("netscore/data/networks.csv").splitlines()[1].split(",")
    assert [f"{column.partition('_')[0]}_grade" in header for column in columns] == [True] * 3
    assert set(columns) <= set(header)


# The paper


def bibliography() -> dict[str, dict[str, str]]:
    """Fields of each entry of docs/paper.bib, by its key."""
    entries = re.findall(r"^@\w+\{(\w+),\n(.*?)^\}$", read("docs/paper.bib"), re.MULTILINE | re.S)
    return {
        key: dict(re.findall(r"^  (\w+) = \{(.*)\},$", body, re.MULTILINE)) for key, body in entries
    }


def test_the_bibliography_is_well_formed() -> None:
    text = read("docs/paper.bib")
    entries = bibliography()
    assert len(entries) == text.count("@")
    # each field on one line, its braces closed on it; three lines more for each entry but the last
    fields = sum(map(len, entries.values()))
    assert len(text.splitlines()) == fields + 3 * len(entries) - 1
    for fields_of_one in entries.values():
        assert {"author", "title", "year"} <= set(fields_of_one)
        assert {"doi", "url"} & set(fields_of_one)
        for value in fields_of_one.values():
            depths = [value[:end].count("{") - value[:end].count("}") for end in range(len(value))]
            assert min(depths) == 0
            assert value.count("{") == value.count("}")


def test_the_paper_cites_its_bibliography() -> None:
    assert set(re.findall(r"(?<=[\[ ])@(\w+)", read("docs/paper.md"))) == set(bibliography())


@pytest.mark.parametrize("key", ["wong2019netscore", "canziani2016analysis"])
def test_the_paper_cites_as_the_reference_table_does(key: str) -> None:
    source, entry = load_sources()[key], bibliography()[key]
    assert entry["title"].replace("{", "").replace("}", "") == source.title
    for field, value in (("year", source.year), ("eprint", source.arxiv), ("doi", source.doi)):
        assert entry.get(field, "") == value


def test_the_paper_has_the_form_of_the_journal() -> None:
    yaml = pytest.importorskip("yaml", reason="reading YAML needs PyYAML")
    _, header, text = read("docs/paper.md").split("---\n", 2)
    about = yaml.safe_load(header)
    assert set(about) == {"title", "tags", "authors", "affiliations", "date", "bibliography"}
    assert (ROOT / "docs" / about["bibliography"]).is_file()
    assert re.findall(r"^# (.+)$", text, re.MULTILINE) == [
        "Summary",
        "Statement of need",
        "State of the field",
        "What the package does",
        "How the reference table was made",
        "Limitations",
        "References",
    ]


def test_the_paper_counts_the_table_rightly() -> None:
    text = " ".join(read("docs/paper.md").split())
    count = Counter(network.membership for network in load_networks())
    assert f"{count['named']} networks are named in the notes" in text
    assert f"{count['family']} are members of a named family" in text
    assert f"{count['reconstructed']} are reconstructed" in text
    ranked = sorted(load_networks(), key=lambda network: -network.netscore)
    others = [network.netscore for network in ranked if network.name != "ResNet-50"]
    (resnet,) = (network for network in ranked if network.name == "ResNet-50")
    as_flops = netscore.netscore(resnet.accuracy, resnet.params, 2 * resnet.macs)
    ranks = [1 + sum(other > score for other in others) for score in (resnet.netscore, as_flops)]
    assert "alone move it from rank {} to rank {}".format(*ranks) in text


def test_the_paper_says_what_an_overflow_does() -> None:
    np = pytest.importorskip("numpy")
    params, macs = 5 * 10**8, 5 * 10**10
    wrapped = np.array([params]) * np.array([macs])  # 25 * 10**18 less 2**64
    right = netscore.netscore(76.0, params, macs)
    wrong = 20 * np.log10(76.0**2 / (wrapped / 1e15) ** 0.5)
    assert f"raise the score by {wrong[0] - right:.2f} |" in read("docs/paper.md")
