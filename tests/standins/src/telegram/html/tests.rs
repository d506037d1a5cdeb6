//! Tables of the real parser's results for HTML.

use super::parse;

#[test]
fn well_formed_html_becomes_text_and_entities() {
    let cases = [
        ("plain", "plain", ""),
        ("1 &lt; 2 &amp; &quot;x&quot; &gt;", "1 < 2 & \"x\" >", ""),
        ("&nbsp;&#169;&#x3c;&amp", "&nbsp;©<&", ""),
        ("<b>a</b>", "a", "bold 0+1"),
        ("<B>a</b >", "a", "bold 0+1"),
        ("<b>a<i>b</i></b>", "ab", "bold 0+2, italic 1+1"),
        ("я <b>я</b>", "я я", "bold 2+1"),
        ("😀<b>😀</b>", "😀😀", "bold 2+2"),
        ("<b></b>x", "x", ""),
        ("<b>x</>", "x", "bold 0+1"),
        ("<a href=\"https://a.b/?x=1&amp;y=2\">l</a>", "l", "text_link 0+1 https://a.b/?x=1&y=2"),
        ("<a href='tg://user?id=1'>l</a>", "l", "text_link 0+1 tg://user?id=1"),
        ("<a href=\"nonsense\">l</a>", "l", ""),
        ("<a>https://a.b</a>", "https://a.b", "text_link 0+11 https://a.b"),
        ("<pre><code class=\"language-rust\">x</code></pre>", "x", "pre 0+1 rust"),
        ("<code class=\"language-rust\">x</code>", "x", "code 0+1"),
        ("<pre>x</pre>", "x", "pre 0+1"),
        ("<blockquote expandable>q</blockquote>", "q", "expandable_blockquote 0+1"),
        ("<span class=\"tg-spoiler\">s</span>", "s", "spoiler 0+1"),
        ("<tg-emoji emoji-id=\"5\">👍</tg-emoji>", "👍", "custom_emoji 0+2 5"),
        ("a > b", "a > b", ""),
    ];
    for (html, text, entities) in cases {
        let parsed = parse(html).unwrap_or_else(|why| panic!("{html}: {why}"));
        let found: Vec<String> = parsed
            .entities
            .iter()
            .map(|entity| {
                let extra = entity.extra.as_ref().map(|(_, value)| format!(" {value}"));
                let extra = extra.unwrap_or_default();
                format!("{} {}+{}{extra}", entity.kind, entity.offset, entity.length)
            })
            .collect();
        assert_eq!(parsed.text, text, "{html}");
        assert_eq!(found.join(", "), entities, "{html}");
    }
}

#[test]
fn malformed_html_is_refused_with_the_byte_offset() {
    let cases = [
        ("a < b", "Unsupported start tag \"\" at byte offset 2"),
        ("яя <x>", "Unsupported start tag \"x\" at byte offset 5"),
        ("<p>a</p>", "Unsupported start tag \"p\" at byte offset 0"),
        ("a<br/>", "Unsupported start tag \"br/\" at byte offset 1"),
        ("<b>a", "Can't find end tag corresponding to start tag \"b\""),
        ("<b><i>a</i>", "Can't find end tag corresponding to start tag \"b\""),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b>a</i>", "Unmatched end tag at byte offset 4, expected \"</b>\", found \"</i>\""),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("x <b", "Unclosed start tag at byte offset 2"),
        ("<", "Unclosed start tag at byte offset 0"),
        ("<a href=\"x", "Unclosed start tag at byte offset 0"),
        (
            "<a href>x</a>",
            "Expected equal sign in declaration of an attribute of the tag \"a\" at byte offset 0",
        ),
        ("<a href=?>x</a>", "Unexpected end of name token at byte offset 8"),
        ("<span>x</span>", "Tag \"span\" must have class \"tg-spoiler\" at byte offset 0"),
        ("<tg-emoji>x</tg-emoji>", "Invalid custom emoji identifier specified"),
    ];
    for (html, why) in cases {
        match parse(html) {
            Ok(parsed) => panic!("{html} was taken as {:?}", parsed.text),
            Err(found) => assert_eq!(found, why, "{html}"),
        }
    }
}
