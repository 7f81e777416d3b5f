"""Documents name files and folders by paths that exist; the records of decisions are history."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
FOLDERS = [path.name for path in ROOT.iterdir() if path.is_dir() and path.name[0] != "."]
PATH = re.compile(rf"\b(?:{'|'.join(FOLDERS)})/(?:[\w*-]+/)*(?:[\w*-]+(?:\.\w+)+)?(?![\w*-])")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
EXAMPLES = {"bot/features/hello/"}
MADE_BY_THE_BOT = ("data/",)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_path_in_a_document_exists(document: Path) -> None:
    paths = set(PATH.findall(document.read_text())) - EXAMPLES

    assert [
        path
        for path in sorted(paths)
        if not path.startswith(MADE_BY_THE_BOT) and not any(ROOT.glob(path))
    ] == []


@pytest.mark.parametrize(
    "document", [*DOCUMENTS, *ROOT.glob("docs/decisions/*.md")], ids=lambda path: path.name
)
def test_every_link_between_documents_leads_somewhere(document: Path) -> None:
    links = LINK.findall(document.read_text())

    assert [link for link in links if not (document.parent / link).exists()] == []
