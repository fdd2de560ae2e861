//! HTML of all kinds becomes what the allow-list holds, and what it does not hold is told.

use super::{HtmlContent, HtmlPart, HtmlRules, read_html, words_of_html};
use crate::rich_text::RichText;

fn read(html: &str, lines_are_kept: bool) -> HtmlContent {
    read_html(html, &HtmlRules { address: &str::to_owned, lines_are_kept }).unwrap()
}

/// The content as HTML again, pictures as `[url|alt|caption]`.
fn shown(content: &HtmlContent) -> String {
    let part = |part: &HtmlPart| match part {
        HtmlPart::Text(text) => {
            let (again, problems) = RichText::read(&text.to_state());
            assert_eq!(problems, [], "what is read may be stored");
            assert_eq!(again.to_state(), text.to_state(), "and is in canonical form: {}", text.to_html());
            text.to_html()
        }
        HtmlPart::Picture(picture) => format!("[{}|{}|{}]", picture.url.as_str(), picture.alt, picture.caption),
    };
    content.parts.iter().map(part).collect()
}

#[test]
fn html_becomes_what_the_list_allows() {
    for (html, expected) in [
        ("<p>One <b>two</b>\n three</p>", "<p>One <strong>two</strong> three</p>"),
        ("loose <i>words</i><p>then a paragraph", "<p>loose <em>words</em></p><p>then a paragraph</p>"),
        ("<h1>A</h1><h6>B</h6>", "<h2>A</h2><h4>B</h4>"),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</ul>", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"),
        ("<ol start=3><li><p>a</p><p>b</p></ol>", "<ol start=\"3\"><li>a<br>b</li></ol>"),
        ("<blockquote><p>a</p><p>b <cite>c</cite></p></blockquote>", "<blockquote>a<br>b <em>c</em></blockquote>"),
        ("a<hr>b<br>c", "<p>a</p><hr><p>b<br>c</p>"),
        ("<pre>a\n  b</pre>", "<p><code>a</code><br><code>  b</code></p>"),
        ("<a href='/x'>a <b>b</b></a>", "<p><a href=\"/x\">a <strong>b</strong></a></p>"),
        ("<a href='/x'><div>a</div><div>b</div></a>", "<p><a href=\"/x\">a</a></p><p><a href=\"/x\">b</a></p>"),
        ("<a href='javascript:alert(1)'>a</a>", "<p>a</p>"),
        ("<script>alert(1)</script><p onclick=x style='y'>a</p>", "<p>a</p>"),
        ("<table><tr><th>a<td>b<tr><td>c</table>", "<ul><li><strong>a</strong> · b</li><li>c</li></ul>"),
        ("<dl><dt>a<dd>b</dl>", "<p><strong>a</strong></p><p>b</p>"),
        ("<p>a<img src='/p.jpg' alt='x'>b</p>", "<p>a</p>[/p.jpg|x|]<p>b</p>"),
        ("<figure><img src='/p.jpg'><figcaption>c <b>d</b></figcaption></figure>", "[/p.jpg||c d]"),
        (
            "x<figure><a href='/big.jpg'><img src='/p.jpg'></a><figcaption>c</figcaption></figure>",
            "<p>x</p>[/p.jpg||c]",
        ),
        ("<ul><li>a<img src='/p.jpg'></li></ul>", "<ul><li>a</li></ul>[/p.jpg||]"),
        ("<iframe src='//v.example/1' title='Film'></iframe>", "<p><a href=\"https://v.example/1\">Film</a></p>"),
        ("&lt;b&gt; &amp; &nbsp;x", "<p>&lt;b&gt; &amp; \u{a0}x</p>"),
        ("<p> </p>\n<p>&#8203;</p>", "<p>\u{200b}</p>"),
        ("<b>a<p>b</b>c", "<p><strong>a</strong></p><p><strong>b</strong>c</p>"),
        ("", ""),
    ] {
        assert_eq!(shown(&read(html, false)), expected, "{html}");
    }
}

#[test]
fn lines_of_the_first_editor_are_paragraphs() {
    for (html, expected) in [
        ("one\ntwo\n\nthree", "<p>one<br>two</p><p>three</p>"),
        ("one\r\n\r\n<b>two</b>", "<p>one</p><p><strong>two</strong></p>"),
        ("<h2>a</h2>\nb\n<ul>\n <li>c</li>\n <li>d</li>\n</ul>\n", "<h2>a</h2><p>b</p><ul><li>c</li><li>d</li></ul>"),
        ("a<br />\nb", "<p>a<br>b</p>"),
        ("a <em>b</em>\nc", "<p>a <em>b</em><br>c</p>"),
        ("a\n\n\n\nb", "<p>a</p><p>b</p>"),
    ] {
        assert_eq!(shown(&read(html, true)), expected, "{html:?}");
    }
}

#[test]
fn what_is_not_kept_is_told() {
    for (html, what) in [
        ("<a href='javascript:alert(1)'>a</a>", "link to javascript:alert(1)"),
        ("<img src='data:image/png;base64,xx'>", "picture without an address"),
        ("<form><input></form>", "form"),
        ("<script>x</script>", "script"),
        ("<table><tr><td>a</table>", "table"),
        ("<video src='https://v.example/a.mp4'></video>", "video https://v.example/a.mp4"),
        ("<svg><script>x</script></svg>", "svg"),
    ] {
        let losses = read(html, false).losses;
        assert!(losses.iter().any(|loss| loss.what == what && loss.why.ends_with('.')), "{html}: {losses:?}");
    }
}

#[test]
fn hostile_html_ends_soon_and_keeps_its_words() {
    let deep = format!("{}word", "<div>".repeat(1_000));
    assert_eq!(shown(&read(&deep, false)), "<p>word</p>");
    let deeper = "<div>".repeat(100_000);
    assert!(read_html(&deeper, &HtmlRules { address: &str::to_owned, lines_are_kept: false }).is_err());
    let lists = format!("{}word", "<ul><li>x".repeat(300));
    assert!(shown(&read(&lists, false)).contains("word"));
    let many: String = (0..5_000).map(|number| format!("<b a{number}>")).collect::<Vec<_>>().concat();
    let bomb = format!("{many}{}", "<p>x".repeat(20_000));
    assert!(read_html(&bomb, &HtmlRules { address: &str::to_owned, lines_are_kept: false }).is_err());
    assert!(read_html(&"x".repeat(3 << 20), &HtmlRules { address: &str::to_owned, lines_are_kept: false }).is_err());
}

#[test]
fn a_long_text_is_cut_between_its_blocks() {
    let html: String = (0..100).map(|number| format!("<p>{number:0>98}</p>")).collect::<Vec<_>>().concat();
    let (text, losses) =
        RichText::from_html(&html, &HtmlRules { address: &str::to_owned, lines_are_kept: false }).unwrap();
    assert_eq!(losses, []);
    let parts = text.cut(1_000);
    assert_eq!(parts.len(), 10);
    assert!(parts.iter().all(|part| part.length() <= 1_000));
}

#[test]
fn words_alone_have_no_signs_of_html() {
    assert_eq!(words_of_html("A <em>long</em>&nbsp;&amp; <script>x</script>title"), "A long\u{a0}& title");
}
