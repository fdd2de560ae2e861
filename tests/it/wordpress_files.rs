//! The files of an export of WordPress: what the library does not take is told the same before and after, and what was brought
//! once stays where it is shown, also when the files are not at hand again.

use std::{
    io::{Cursor, Write},
    path::PathBuf,
};

use serde_json::{Value, json};
use zip::{ZipWriter, write::SimpleFileOptions};

use super::{
    support::Server,
    wordpress::{entries, entry, export, house, import, item, meta, row, write},
};

fn attachment(id: u64, file: &str) -> String {
    let url = format!("<wp:attachment_url>https://old.example/wp-content/uploads/{file}</wp:attachment_url>");
    item(id, "attachment", "inherit", file, &format!("/{id}/"), "", &(url + &meta("_wp_attached_file", file)))
}

fn uploads(server: &Server) -> PathBuf {
    let uploads = server.folder().join("uploads");
    std::fs::create_dir_all(uploads.join("2024/05")).unwrap();
    std::fs::create_dir_all(uploads.join("2023/01")).unwrap();
    uploads
}

fn packed(server: &Server, files: &[(&str, &[u8])]) -> PathBuf {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    let file = server.folder().join("uploads.zip");
    std::fs::write(&file, archive.finish().unwrap().into_inner()).unwrap();
    file
}

fn jpeg(shade: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = jpeg_encoder::Encoder::new(&mut bytes, 80);
    encoder.encode(&[shade; 64 * 48 * 3], 64, 48, jpeg_encoder::ColorType::Rgb).unwrap();
    bytes
}

fn told(report: &Value, id: u64) -> (String, String) {
    let row = row(report, id);
    let note = row["notes"].as_array().unwrap().iter().find(|note| note["what"] == "file");
    let why = note.map(|note| note["why"].as_str().unwrap().to_owned()).unwrap_or_default();
    (row["outcome"].as_str().unwrap().to_owned(), why)
}

#[test]
fn a_file_that_the_library_does_not_take_is_refused_as_the_dry_run_says_and_nothing_of_it_is_kept() {
    let server = Server::start_new();
    let (lake, site) = house(&server);
    let size = 50_000_000_u32;
    let mut brochure = b"%PDF-1.7\n".to_vec();
    brochure.resize(size as usize, b' ');
    let folder = uploads(&server);
    std::fs::write(folder.join("2024/05/brochure.pdf"), &brochure).unwrap();
    let logo = b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>";
    std::fs::write(folder.join("2024/05/logo.svg"), logo).unwrap();
    let zip = packed(&server, &[("uploads/2024/05/brochure.pdf", &brochure), ("uploads/2024/05/logo.svg", logo)]);
    let text = "<p><a href=\"https://old.example/wp-content/uploads/2024/05/brochure.pdf\">Read</a></p>\
        <p><a href=\"https://old.example/wp-content/uploads/2024/05/logo.svg\">See</a></p>";
    let page = item(1, "page", "publish", "House", "/house/", text, "");
    let items = [attachment(8, "2024/05/logo.svg"), attachment(9, "2024/05/brochure.pdf"), page];
    let file = write(&server, &export("1.2", "", &items));
    let told_of = |why: &str| ("referenced".to_owned(), format!("The library does not take its file: {why}"));
    for place in [&folder, &zip] {
        let place = place.to_str().unwrap();
        for more in [&["--attachments", place, "--dry-run"][..], &["--attachments", place]] {
            let report = import(&server, &file, more);
            assert_eq!(told(&report, 9), told_of("the file is too large."), "{more:?}");
            assert_eq!(told(&report, 8), told_of("SVG may carry scripts. Save the drawing as PNG."), "{more:?}");
        }
    }
    // One that says that it is small is found out when it is read.
    let mut lies = std::fs::read(&zip).unwrap();
    let said = size.to_le_bytes();
    let places: Vec<usize> = (0..lies.len() - 4).filter(|at| lies[*at..at + 4] == said).collect();
    assert!(!places.is_empty());
    for at in places {
        lies[at..at + 4].copy_from_slice(&1_000_u32.to_le_bytes());
    }
    std::fs::write(&zip, lies).unwrap();
    let (outcome, why) = told(&import(&server, &file, &["--attachments", zip.to_str().unwrap()]), 9);
    assert!(outcome == "referenced" && why.contains("file"), "{outcome}: {why}");
    assert_eq!(lake.owner.client.get("/api/v1/media/").expect(200).json()["count"], 0);
    let page = entry(&lake, &site, "page", "house");
    assert!(page["document"].to_string().contains("https://old.example/wp-content/uploads/2024/05/brochure.pdf"));
}

#[test]
fn pictures_that_were_brought_stay_when_the_files_are_not_at_hand_again() {
    let server = Server::start_new();
    let (lake, site) = house(&server);
    let folder = uploads(&server);
    // Two of one name: each is known by its old address.
    std::fs::write(folder.join("2024/05/lake.jpg"), jpeg(120)).unwrap();
    std::fs::write(folder.join("2023/01/lake.jpg"), jpeg(30)).unwrap();
    std::fs::write(folder.join("2024/05/menu.pdf"), b"%PDF-1.7 what the kitchen cooks").unwrap();
    let saying = |words: &str| {
        let text = format!(
            "<p>{words} <a href=\"https://old.example/wp-content/uploads/2024/05/menu.pdf\">Menu</a></p>\
             <figure><img src=\"https://old.example/wp-content/uploads/2024/05/lake-300x200.jpg\"/></figure>\
             <figure><img src=\"https://old.example/wp-content/uploads/2023/01/lake.jpg\"/></figure>"
        );
        let page = item(1, "page", "publish", "House", "/house/", &text, "");
        let post = item(2, "post", "publish", "Spring", "/spring/", "x", &meta("_thumbnail_id", "8"));
        let files = ["2023/01/lake.jpg", "2024/05/lake.jpg", "2024/05/menu.pdf"];
        let files = files.iter().zip(7..).map(|(file, id)| attachment(id, file));
        write(&server, &export("1.2", "", &files.chain([page, post]).collect::<Vec<_>>()))
    };
    let shown = || {
        let page = entry(&lake, &site, "page", "house");
        let post = entry(&lake, &site, "post", "spring");
        let redirects = entries(&lake, &site, "redirect");
        let leads = redirects.iter().map(|one| (one["document"].clone(), one["published"].clone())).collect::<Vec<_>>();
        (page["document"].clone(), page["published"].clone(), post["document"].clone(), leads)
    };
    let file = saying("Welcome.");
    import(&server, &file, &["--attachments", folder.to_str().unwrap()]);
    let brought = shown();
    let pictures = brought.0["sections"][1]["images"].as_array().unwrap();
    assert!(pictures.iter().all(|picture| picture["media"].is_string()), "{pictures:?}");
    assert_ne!(pictures[0]["media"], pictures[1]["media"]);
    assert_eq!(brought.2["featured_image"]["media"], pictures[0]["media"]);
    assert!(!brought.0.to_string().contains("old.example"), "{}", brought.0);

    let empty = packed(&server, &[]);
    let empty = empty.to_str().unwrap();
    for more in [&[][..], &["--dry-run"], &["--attachments", empty], &["--attachments", empty, "--dry-run"]] {
        let again = import(&server, &file, more);
        assert_eq!(again["outcomes"], json!({"unchanged": 5}), "{more:?}");
        for (kind, counts) in again["entries"].as_object().unwrap() {
            assert_eq!((&counts["created"], &counts["changed"]), (&json!(0), &json!(0)), "{more:?}, {kind}");
        }
        assert_eq!(shown(), brought, "{more:?}");
    }
    // Other words of the file come in, and the pictures stay.
    let changed = import(&server, &saying("Come in."), &[]);
    assert_eq!(changed["outcomes"], json!({"unchanged": 4, "updated": 1}));
    let page = entry(&lake, &site, "page", "house")["document"].clone();
    assert!(page.to_string().contains("Come in.") && !page.to_string().contains("old.example"), "{page}");
    assert_eq!(page["sections"][1], brought.0["sections"][1]);
}

#[test]
fn a_file_is_found_however_a_text_spells_its_address() {
    let server = Server::start_new();
    let (lake, site) = house(&server);
    let folder = uploads(&server);
    let names = ["\u{fc}.jpg", "\u{dc}.jpg", "b b.jpg", "100%.jpg"];
    for (name, shade) in names.iter().zip([20, 80, 140, 200]) {
        std::fs::write(folder.join("2024/05").join(name), jpeg(shade)).unwrap();
    }
    // The first is spelt as it is named, escaped, with its dots for themselves, and as one of its sizes.
    let spelt = [
        "\u{fc}.jpg",
        "%C3%BC.jpg",
        "%c3%bc.jpg",
        "u%CC%88.jpg",
        "%C3%BC-300x200.jpg",
        "%C3%9C.jpg",
        "b%20b.jpg",
        "b b-300x200.jpg",
        "100%25.jpg",
    ];
    let figure =
        |name: &&str| format!("<figure><img src=\"https://old.example/wp-content/uploads/2024/05/{name}\"/></figure>");
    let text: String = spelt.iter().map(figure).collect();
    let page = item(1, "page", "publish", "House", "/house/", &text, "");
    let files = names.iter().zip(7..).map(|(name, id)| attachment(id, &format!("2024/05/{name}")));
    let file = write(&server, &export("1.2", "", &files.chain([page]).collect::<Vec<_>>()));
    import(&server, &file, &["--attachments", folder.to_str().unwrap()]);
    let page = entry(&lake, &site, "page", "house")["document"].clone();
    let images = page["sections"][0]["images"].as_array().unwrap();
    let shown: Vec<&str> =
        images.iter().map(|image| image["media"].as_str().unwrap_or_else(|| panic!("{image}"))).collect();
    let places: Vec<usize> = shown.iter().map(|id| shown.iter().position(|other| other == id).unwrap()).collect();
    assert_eq!(places, [0, 0, 0, 0, 0, 5, 6, 6, 8], "{images:?}");
}
