import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_telegram.content.html_markup import checked_link, parse_html
from local_telegram.protocol.errors import BadRequestError
from local_telegram.protocol.json_values import Json
from local_telegram.protocol.utf16 import utf16_length


def entity(kind: str, offset: int, length: int, **more: str) -> Json:
    return {"type": kind, "offset": offset, "length": length} | more


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("plain", "plain", []),
        ("<b>milk</b>", "milk", [entity("bold", 0, 4)]),
        ("<STRONG>a</STRONG>", "a", [entity("bold", 0, 1)]),
        ("🥛 <i>우유</i>", "🥛 우유", [entity("italic", 3, 2)]),
        ("<b><i>x</i></b>", "x", [entity("bold", 0, 1), entity("italic", 0, 1)]),
        ("<i><b>x</b>y</i>", "xy", [entity("italic", 0, 2), entity("bold", 0, 1)]),
        ("<b></b>x", "x", []),
        ("<b>x</>", "x", [entity("bold", 0, 1)]),
        ("&lt;b&gt; &amp; &quot;&#49;&#x31;", '<b> & "11', []),
        ("&copy; & &#0; &lt", "&copy; & &#0; <", []),
        ("&ampx", "&ampx", []),
        ('<a href="https://a.b/?x=1&amp;y=2">x</a>', "x", [
            entity("text_link", 0, 1, url="https://a.b/?x=1&y=2")
        ]),
        ("<a href=nowhere>x</a>", "x", []),
        ("<a>example.com</a>", "example.com", [
            entity("text_link", 0, 11, url="http://example.com")
        ]),
        ("<span class='tg-spoiler'>x</span>", "x", [entity("spoiler", 0, 1)]),
        ("<blockquote expandable>x</blockquote>", "x", [entity("expandable_blockquote", 0, 1)]),
        ('<pre><code class="language-sql">x</code></pre>', "x", [
            entity("pre", 0, 1, language="sql")
        ]),
        ("<pre>x</pre>", "x", [entity("pre", 0, 1)]),
        ("<tg-emoji emoji-id='5'>🥛</tg-emoji>", "🥛", [
            entity("custom_emoji", 0, 2, custom_emoji_id="5")
        ]),
    ],
)  # fmt: skip
def test_markup_becomes_entities(source: str, text: str, entities: list[Json]) -> None:
    assert parse_html(source) == (text, entities)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("우유 <유> x", 'Unsupported start tag "유" at byte offset 7'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("x <b>y", 'Can\'t find end tag corresponding to start tag "b"'),
        ("</b>", "Unexpected end tag at byte offset 0"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<a =x>y</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href", 'Unclosed start tag "a" at byte offset 0'),
        ("<a href=", 'Unclosed start tag "a" at byte offset 0'),
        ("<a href='x", "Unclosed start tag at byte offset 0"),
        ("<a href=a/b>x</a>", "Unexpected end of name token at byte offset 8"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<tg-emoji>x</tg-emoji>", "Invalid custom emoji identifier specified"),
    ],
)
def test_wrong_markup_is_refused_with_telegrams_words(source: str, reason: str) -> None:
    with pytest.raises(BadRequestError) as refused:
        parse_html(source)
    assert str(refused.value) == f"Bad Request: can't parse entities: {reason}"


@given(st.lists(st.sampled_from([*"<>/&;=\"' ab우🥛", "<b>", "</b>", "<a href=", "&lt;"])))
def test_any_text_is_parsed_or_refused(parts: list[str]) -> None:
    try:
        text, entities = parse_html("".join(parts))
    except BadRequestError:
        return
    for found in entities:
        assert 0 < found["length"] <= utf16_length(text) - found["offset"]


@given(st.text(alphabet="ab.:/ \n우", max_size=12))
def test_a_link_without_its_protocol_has_a_dot_inside_its_host(text: str) -> None:
    host = re.split("[:/]", text)[0]
    is_link = not re.search(r"\s", text) and "." in host[1:-1]
    assert checked_link(text) == (f"http://{text}" if is_link else None)


@pytest.mark.parametrize("text", ["a." * 2000 + " ", "a" * 4000 + " ", "." * 4000 + " "])
def test_what_is_nearly_a_link_takes_no_time(text: str) -> None:
    begin = time.process_time()
    assert parse_html(f"<a>{text}</a>") == (text, [])
    assert time.process_time() - begin < 1
