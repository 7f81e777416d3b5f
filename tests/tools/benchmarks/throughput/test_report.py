from xml.etree import ElementTree

from tools.benchmarks.throughput.chart import Bar, bars
from tools.benchmarks.throughput.cold_start import ColdStart
from tools.benchmarks.throughput.report import BEGIN, END, PAGE, between_marks, tables
from tools.benchmarks.throughput.results import Figure, Result


def test_only_what_is_between_the_marks_is_written_anew() -> None:
    page = f"# Title\n\n{BEGIN}\nold\n{END}\n\nBy hand\n"
    assert between_marks(page, "new") == f"# Title\n\n{BEGIN}\n\nnew\n\n{END}\n\nBy hand\n"
    assert between_marks(between_marks(page, "newer"), "new") == between_marks(page, "new")


def test_the_page_has_its_marks() -> None:
    page = PAGE.read_text()
    assert page.count(BEGIN) == page.count(END) == 1


def test_the_tables_hold_the_medians_with_their_ranges_and_the_targets() -> None:
    written = tables(
        {
            "ours-webhook": [Result(2000, 2, 30, 60, 340, 110), Result(2400, 2, 32, 64, 300, 112)],
            "aiogram-webhook": [Result(800, 2), Result(1000, 2)],
            "pgbench": [Result(0, 2, faults=["it does not start"]), Result(6000, 2)],
        },
        [ColdStart(new=3, existing=1)],
    )
    assert "| **1,100** (1,000–1,200) | **31** ms (30–32) | **62** ms (60–64) |" in written
    assert "| our statements in pgbench | **3,000** (3,000–3,000) | – | – | – | – |" in written
    assert "| **2.44** (2.40–2.50) | at least 2.5 |" in written
    assert "| **320** µs (300–340) | at most 350 µs |" in written
    assert "| **3.00** s (3.00–3.00) | under 5 s |" in written
    assert "- our statements in pgbench, round 1: it does not start" in written


def test_a_picture_has_a_bar_for_each_figure_as_long_as_its_median() -> None:
    picture = ElementTree.fromstring(  # noqa: S314 (it is our own)
        bars(
            "Updates a second",
            [
                Bar("ours & others", Figure(100, 90, 195), "100", "ours"),
                Bar("theirs", Figure(50, 50, 50), "50", "peer"),
            ],
        )
    )
    texts = [text.text for text in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == ["Updates a second", "ours & others", "100", "theirs", "50"]
    paths = [path.attrib for path in picture.iter("{http://www.w3.org/2000/svg}path")]
    assert [path["class"] for path in paths] == ["ours", "range", "peer", "range"]
    starts_and_ends = [path["d"].partition("v")[0].split("H") for path in paths[::2]]
    lengths = [int(end) - int(start[1:].split()[0]) for start, end in starts_and_ends]
    assert lengths[0] == 2 * lengths[1]
