//! Formatted text keeps what is allowed, in one spelling, and never lets script through.

use serde_json::{Value, json};

use super::RichText;

fn paragraph(children: &Value) -> Value {
    json!({ "root": { "type": "root", "version": 1, "children": [{ "type": "paragraph", "version": 1, "children": children }] } })
}

fn text(text: &str, format: u64) -> Value {
    json!({ "type": "text", "version": 1, "text": text, "format": format, "style": "color: red", "mode": "normal", "detail": 0 })
}

fn html_of(state: &Value) -> String {
    let (text, problems) = RichText::read(state);
    assert_eq!(problems, [], "{state}");
    text.to_html()
}

fn codes(state: &Value) -> Vec<&'static str> {
    RichText::read(state).1.into_iter().map(|problem| problem.code).collect()
}

#[test]
fn plain_text_becomes_paragraphs() {
    let text = RichText::from_text("One\r\nline & more\n\n\n  Two <b>\n");
    assert_eq!(text.to_html(), "<p>One<br>line &amp; more</p><p>Two &lt;b&gt;</p>");
    assert_eq!(text.to_text(), "One\nline & more\n\nTwo <b>");
    assert!(RichText::from_text(" \n \n").is_empty());
}

#[test]
fn every_allowed_node_is_rendered() {
    let item = |children: Value| json!({ "type": "listitem", "value": 1, "children": children });
    let state = json!({ "root": { "type": "root", "children": [
        { "type": "heading", "tag": "h2", "children": [text("House", 0)] },
        { "type": "paragraph", "children": [text("bold ", 1), text("both", 3), { "type": "linebreak" }, text("x", 127)] },
        { "type": "quote", "children": [text("quoted", 0)] },
        { "type": "horizontalrule" },
        { "type": "list", "listType": "number", "start": 3, "children": [
            item(json!([text("three", 0)])),
            item(json!([{ "type": "list", "listType": "bullet", "children": [item(json!([text("inner", 0)]))] }])),
            item(json!([{ "type": "link", "url": "https://a.example/?a=1&b=2", "target": "_blank", "children": [text("four", 0)] }])),
        ] },
    ] } });
    assert_eq!(
        html_of(&state),
        "<h2>House</h2><p><strong>bold </strong><strong><em>both</em></strong><br>\
         <strong><em><u><s><sub><sup><code>x</code></sup></sub></s></u></em></strong></p>\
         <blockquote>quoted</blockquote><hr>\
         <ol start=\"3\"><li>three<ul><li>inner</li></ul></li>\
         <li><a href=\"https://a.example/?a=1&amp;b=2\" target=\"_blank\" rel=\"noopener noreferrer\">four</a></li></ol>"
    );
    assert_eq!(RichText::read(&state).0.to_text(), "House\n\nbold both\nx\n\nquoted\n\n\n\nthree\ninner\nfour");
}

#[test]
fn a_link_that_runs_script_is_refused_and_never_rendered() {
    for url in [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "java\nscript:alert(1)",
        "\u{0}javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "data:text/html;base64,PHNjcmlwdD4=",
        "vbscript:msgbox(1)",
        "file:///etc/passwd",
        "blob:https://a.example/x",
        "//evil.example",
        "/\\evil.example",
        "https://a.example/\" onmouseover=\"alert(1)",
        "https://a.example/<script>",
        "",
    ] {
        let state = paragraph(&json!([{ "type": "link", "url": url, "children": [text("words", 0)] }]));
        let (kept, problems) = RichText::read(&state);
        assert_eq!(problems.len(), 1, "{url:?}");
        assert_eq!(problems[0].pointer, "/root/children/0/children/0/url");
        assert_eq!(kept.to_html(), "<p>words</p>", "{url:?}");
    }
}

#[test]
fn what_is_not_on_the_list_is_named_where_it_stands() {
    for (state, code) in [
        (json!(5), "rich_text_invalid"),
        (json!([]), "rich_text_invalid"),
        (json!({}), "rich_text_invalid"),
        (json!({ "root": { "type": "root" } }), "rich_text_invalid"),
        (json!({ "root": { "type": "root", "children": [] }, "more/": 1 }), "rich_text_invalid"),
        (json!({ "root": { "type": "paragraph", "children": [] } }), "rich_text_invalid"),
        (json!({ "root": { "type": "root", "children": [{ "type": "script", "children": [] }] } }), "rich_text_node"),
        (json!({ "root": { "type": "root", "children": [null] } }), "rich_text_node"),
        (
            json!({ "root": { "type": "root", "children": [{ "type": "heading", "tag": "h1", "children": [] }] } }),
            "rich_text_heading",
        ),
        (
            json!({ "root": { "type": "root", "children": [{ "type": "heading", "tag": "script", "children": [] }] } }),
            "rich_text_heading",
        ),
        (
            json!({ "root": { "type": "root", "children": [{ "type": "list", "listType": "check", "children": [] }] } }),
            "rich_text_list",
        ),
        (paragraph(&json!([{ "type": "image", "src": "x" }])), "rich_text_node"),
        (paragraph(&json!([{ "type": "paragraph", "children": [] }])), "rich_text_node"),
        (paragraph(&json!([text("x", 128)])), "rich_text_format"),
        (paragraph(&json!([{ "type": "text", "text": "x", "format": "bold" }])), "rich_text_format"),
        (paragraph(&json!([{ "type": "text", "text": 5 }])), "rich_text_invalid"),
    ] {
        assert_eq!(codes(&state), [code], "{state}");
    }
}

#[test]
fn depth_and_size_bombs_are_refused_quickly() {
    let mut list = json!({ "type": "list", "listType": "bullet", "children": [] });
    for _ in 0..60 {
        list =
            json!({ "type": "list", "listType": "bullet", "children": [{ "type": "listitem", "children": [list] }] });
    }
    let deep = json!({ "root": { "type": "root", "children": [list] } });
    assert_eq!(codes(&deep), ["rich_text_too_deep"]);
    let many: Vec<Value> = (0..20_000).map(|_| json!({ "type": "linebreak" })).collect();
    assert_eq!(codes(&paragraph(&Value::Array(many))), ["rich_text_too_large"]);
}

#[test]
fn presentation_and_empty_ends_are_dropped() {
    let state = json!({ "root": { "type": "root", "direction": "ltr", "children": [
        { "type": "paragraph", "children": [] },
        { "type": "paragraph", "format": "center", "indent": 3, "children": [text("a", 0), text("b", 0), text("", 1), text("c", 1)] },
        { "type": "paragraph", "children": [{ "type": "linebreak" }] },
    ] } });
    let (kept, problems) = RichText::read(&state);
    assert_eq!(problems, []);
    let canonical = kept.to_state().to_string();
    assert!(!canonical.contains("ltr") && !canonical.contains("center") && !canonical.contains("color"), "{canonical}");
    assert_eq!(kept.to_html(), "<p>ab<strong>c</strong></p>");
}

/// A repeatable stream of numbers (SplitMix64), enough to grow hostile trees.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % limit as u64).unwrap()
    }

    fn pick(&mut self, from: &[&str]) -> String {
        from[self.below(from.len())].to_owned()
    }
}

fn grown(numbers: &mut Numbers, depth: usize) -> Value {
    const KINDS: [&str; 14] = [
        "paragraph",
        "heading",
        "list",
        "listitem",
        "quote",
        "link",
        "autolink",
        "text",
        "linebreak",
        "horizontalrule",
        "tab",
        "script",
        "root",
        "__proto__",
    ];
    const TEXTS: [&str; 8] =
        ["<script>alert(1)</script>", "\"onload=\"x", "a", "'", "&lt;", "\u{202e}x", "two\nlines\r\n\tthree", "\u{0}"];
    const URLS: [&str; 6] = ["javascript:x", "/a", "https://a.example/'", "data:,x", "mailto:a@b.ch", "#\">"];
    const TAGS: [&str; 5] = ["h2", "h3", "h4", "h1", "script"];
    const LISTS: [&str; 3] = ["bullet", "number", "check"];
    if numbers.below(30) == 0 {
        return [json!(null), json!("text"), json!(7), json!([])][numbers.below(4)].clone();
    }
    let children: Vec<Value> =
        if depth == 0 { Vec::new() } else { (0..numbers.below(4)).map(|_| grown(numbers, depth - 1)).collect() };
    let format = [json!(0), json!(1), json!(3), json!(127), json!(255), json!(-1), json!("")][numbers.below(7)].clone();
    json!({
        "type": numbers.pick(&KINDS), "text": numbers.pick(&TEXTS), "url": numbers.pick(&URLS), "tag": numbers.pick(&TAGS),
        "listType": numbers.pick(&LISTS), "start": numbers.below(5), "format": format, "children": children,
        "target": "_blank", "onclick": "alert(1)",
    })
}

/// The elements of the renderer's own list, with the only attributes that it writes.
fn is_harmless(html: &str) -> bool {
    const PLAIN: [&str; 19] = [
        "p",
        "h2",
        "h3",
        "h4",
        "blockquote",
        "ul",
        "ol",
        "li",
        "hr",
        "br",
        "a",
        "strong",
        "em",
        "u",
        "s",
        "sub",
        "sup",
        "code",
        "",
    ];
    html.split('<').skip(1).all(|part| {
        let Some((tag, _)) = part.split_once('>') else { return false };
        if let Some(rest) = tag.strip_prefix("a href=\"") {
            let Some((url, after)) = rest.split_once('"') else { return false };
            let is_safe = ["/", "#", "https://", "mailto:"].iter().any(|start| url.starts_with(start));
            return is_safe && (after.is_empty() || after == " target=\"_blank\" rel=\"noopener noreferrer\"");
        }
        if let Some(rest) = tag.strip_prefix("ol start=\"") {
            return rest.trim_end_matches('"').bytes().all(|byte| byte.is_ascii_digit());
        }
        PLAIN.contains(&tag.trim_start_matches('/'))
    })
}

#[test]
fn whatever_tree_comes_in_html_stays_harmless_and_the_form_stays_canonical() {
    let mut numbers = Numbers(2026);
    for round in 0..4_000 {
        let children: Vec<Value> = (0..numbers.below(6)).map(|_| grown(&mut numbers, 5)).collect();
        let state = json!({ "root": { "type": "root", "children": children } });
        let (kept, _) = RichText::read(&state);
        let html = kept.to_html();
        assert!(is_harmless(&html), "round {round}: {html}");
        let canonical = kept.to_state();
        let (again, problems) = RichText::read(&canonical);
        assert_eq!(problems, [], "round {round}: {canonical}");
        assert_eq!(again.to_state(), canonical, "round {round}");
        assert_eq!(again.to_html(), html, "round {round}");
    }
}
