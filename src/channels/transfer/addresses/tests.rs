//! Which redirects may be made, and what a website answers at an address.

use super::*;

#[test]
fn circles_and_chains_are_named_with_their_way() {
    let mut addresses = Addresses::default();
    addresses.live.insert("/rooms".to_owned(), Live { slug: "rooms".to_owned(), title: "Rooms".to_owned() });
    addresses.add("/a", "/b");
    addresses.add("/c", "/rooms");
    let way = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    for (from, to, verdict) in [
        ("/x/", "/rooms", Verdict::Fine),
        ("/rooms/", "/rooms", Verdict::Same),
        ("/rooms", "/x", Verdict::Shadows),
        ("/c", "/rooms/", Verdict::Exists),
        ("/c", "/x", Verdict::Taken("/rooms".to_owned())),
        ("/b", "/a", Verdict::Loop(way(&["/b", "/a", "/b"]))),
        ("/x", "/c", Verdict::Chain(way(&["/x", "/c", "/rooms"]))),
        ("/b", "/rooms", Verdict::Chain(way(&["/a", "/b", "/rooms"]))),
        ("/x", "/x?a=1", Verdict::Loop(way(&["/x", "/x?a=1"]))),
        ("/x?a=1", "/rooms", Verdict::Fine),
        ("/rooms?a=1", "/rooms", Verdict::Fine),
        ("/../x", "/rooms", Verdict::NoPath),
        ("/api/v1/x", "/rooms", Verdict::Beside),
        ("/media", "/rooms", Verdict::Beside),
    ] {
        assert_eq!(addresses.judge(from, to), verdict, "{from} to {to}");
    }
}

/// A site of its own host with a language on another.
fn hosted() -> Addresses {
    let page = || Live { slug: "rooms".to_owned(), title: "Rooms".to_owned() };
    let mut addresses = Addresses {
        host: "hotel.example".parse().ok(),
        hosts: vec!["hotel.example.fr".parse().unwrap()],
        ..Addresses::default()
    };
    addresses.live.insert("/rooms".to_owned(), page());
    addresses.live.insert("https://hotel.example.fr/chambres".to_owned(), page());
    addresses.elsewhere.insert("/chambres".to_owned(), "https://hotel.example.fr/chambres".to_owned());
    addresses.own_pages.insert("/search".to_owned());
    addresses.add("/old", "https://Hotel.Example/rooms");
    addresses.add("/lost", "/nothing");
    addresses.add("/rooms?id=7", "https://elsewhere.example/seven");
    addresses.redirects.insert("/gone".to_owned(), String::new());
    addresses.prefixes.insert("/archive".to_owned(), "/rooms".to_owned());
    addresses
}

#[test]
fn a_whole_address_of_the_site_is_a_path() {
    let addresses = hosted();
    let way = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    for (from, to, verdict) in [
        ("/x", "https://hotel.example/old", Verdict::Chain(way(&["/x", "/old", "/rooms"]))),
        ("/x", "http://HOTEL.example/x/", Verdict::Same),
        ("/x", "https://hotel.example/gone", Verdict::Chain(way(&["/x", "/gone", "gone"]))),
        ("/x", "/archive/2019", Verdict::Chain(way(&["/x", "/archive/2019", "/rooms"]))),
        ("/archive/2019", "/rooms", Verdict::Fine),
        ("/gone", "/rooms", Verdict::Taken(String::new())),
        ("/nothing", "/rooms", Verdict::Chain(way(&["/lost", "/nothing", "/rooms"]))),
        ("/x", "https://elsewhere.example/old", Verdict::Fine),
        ("/chambres", "/rooms", Verdict::Shadows),
    ] {
        assert_eq!(addresses.judge(from, to), verdict, "{from} to {to}");
    }
    for (to, is_answered) in [
        ("/rooms?q=1#top", true),
        ("https://hotel.example/rooms", true),
        ("https://hotel.example", false),
        ("https://hotel.example/nothing", false),
        ("/chambres", false),
        ("https://hotel.example.fr/chambres", true),
        ("https://hotel.example.fr/nothing", false),
        ("/media/a.pdf", true),
        ("/search?q=lake", true),
        ("/api/v1/x", false),
        ("https://elsewhere.example/nothing", true),
    ] {
        assert_eq!(addresses.is_answered(to), is_answered, "{to}");
    }
}

#[test]
fn an_old_address_is_answered_as_the_website_answers_it() {
    let addresses = hosted();
    let (page, leads) = (|at: &str| Answer::Page(at.to_owned()), |to: &str| Answer::Leads(to.to_owned()));
    for (path, answer) in [
        ("/rooms", page("/rooms")),
        ("/rooms?utm_source=a", page("/rooms")),
        ("/rooms?id=7", leads("https://elsewhere.example/seven")),
        ("/chambres", page("https://hotel.example.fr/chambres")),
        ("/search", page("/search")),
        ("/old?x=1", leads("/rooms")),
        ("/archive/2019/x", leads("/rooms")),
        ("/archived", Answer::Nothing),
        ("/gone", Answer::Gone),
        ("/lost", Answer::Astray("/nothing".to_owned())),
        ("/api/v1/x", Answer::Beside),
        ("/nothing", Answer::Nothing),
    ] {
        assert_eq!(addresses.answer(path), answer, "{path}");
    }
}

#[test]
fn an_address_has_one_spelling() {
    for (written, expected) in [
        ("/a/b/", "/a/b"),
        ("", "/"),
        ("/", "/"),
        ("/?p=1", "/?p=1"),
        ("a#x", "/a"),
        ("/a/?x=1#y", "/a?x=1"),
        ("/Zimmer/S%C3%BCd/", "/zimmer/süd"),
        ("https://Old.Example/Zimmer/?b=2&a=1", "https://old.example/zimmer?a=1&b=2"),
        ("https://old.example/", "https://old.example"),
    ] {
        assert_eq!(normal(written), expected, "{written}");
    }
}
