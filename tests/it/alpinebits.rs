//! Hotel content of AlpineBits: in, out and in again gives the same facts; files that break a rule change nothing.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::support::{Group, Server, furnish, publish, set_up, wait_until};

/// A house with its rooms in one answer, in a form that a partner might send: prefixed, with codes and elements unknown here.
pub const HOUSE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<OTA_HotelDescriptiveInfoRS xmlns="http://www.opentravel.org/OTA/2003/05" Version="3.000"><Success/><HotelDescriptiveContents>
<HotelDescriptiveContent HotelCode="77" HotelName="Sonnhof &amp; Söhne" AreaID="1">
 <HotelInfo>
  <CategoryCodes><HotelCategory CodeDetail="ASTAT2020_11:4s"/></CategoryCodes>
  <Descriptions><MultimediaDescriptions>
   <MultimediaDescription InfoCode="1"><TextItems>
    <TextItem SourceID="a1" CopyrightNotice="Hotel"><Description Language="en" TextFormat="HTML">&lt;p&gt;Quiet, with a &lt;strong&gt;garden&lt;/strong&gt;.&lt;/p&gt;</Description></TextItem>
    <TextItem SourceID="a2"><Description Language="it" TextFormat="PlainText">Tranquillo.</Description></TextItem>
   </TextItems></MultimediaDescription>
   <MultimediaDescription InfoCode="23"><ImageItems>
    <ImageItem Category="15"><ImageFormat SourceID="l"><URL>https://pictures.example/logo.png</URL></ImageFormat></ImageItem>
    <ImageItem Category="1"><ImageFormat Title="Winter" SourceID="w" ApplicableStart="--09-30" ApplicableEnd="--03-30"><URL>https://pictures.example/w.jpg</URL></ImageFormat>
     <Description TextFormat="PlainText" Language="en">In snow</Description></ImageItem>
    <ImageItem Category="12"><ImageFormat><URL>https://pictures.example/s.jpg</URL></ImageFormat></ImageItem>
   </ImageItems></MultimediaDescription>
  </MultimediaDescriptions></Descriptions>
  <Services><Service Code="118" Included="true" ProximityCode="1"/><Service Code="68" Included="false" ProximityCode="5"/><Service Code="60000"/></Services>
 </HotelInfo>
 <FacilityInfo><GuestRooms>
  <GuestRoom Code="EZ" MinOccupancy="1" MaxOccupancy="1"><TypeRoom StandardOccupancy="1" RoomClassificationCode="42" BedTypeCode="9"/>
   <Amenities><Amenity RoomAmenityCode="26"/><Amenity RoomAmenityCode="61000"/></Amenities>
   <MultimediaDescriptions><MultimediaDescription InfoCode="25"><TextItems>
    <TextItem><Description TextFormat="PlainText" Language="en">Single</Description></TextItem>
    <TextItem><Description TextFormat="PlainText" Language="de">Einzelzimmer</Description></TextItem>
   </TextItems></MultimediaDescription>
   <MultimediaDescription InfoCode="17"><TextItems><TextItem><Description TextFormat="PlainText" Language="en">For one</Description></TextItem></TextItems></MultimediaDescription></MultimediaDescriptions></GuestRoom>
  <GuestRoom Code="EZ"><TypeRoom RoomID="1" Size="12"/></GuestRoom><GuestRoom Code="EZ"><TypeRoom RoomID="2"/></GuestRoom>
 </GuestRooms></FacilityInfo>
 <Policies>
  <Policy><TaxPolicies><TaxPolicy Amount="250" CurrencyCode="EUR" DecimalPlaces="2" Code="3" ChargeUnit="21" ChargeFrequency="1"><TaxDescription><Text TextFormat="PlainText" Language="en">Local tax</Text></TaxDescription></TaxPolicy></TaxPolicies></Policy>
  <Policy><TaxPolicies><TaxPolicy Percent="10" Code="99"/></TaxPolicies></Policy>
  <Policy><StayRequirements><StayRequirement StayContext="Checkin" Start="15:00:00" End="20:00:00"/><StayRequirement StayContext="Checkout" Start="06:00:00" End="10:30:00"/></StayRequirements></Policy>
 </Policies>
 <AffiliationInfo><Awards><Award Rating="95" Provider="X"/></Awards></AffiliationInfo>
 <ContactInfos><ContactInfo Location="6"><Phones><Phone PhoneTechType="3" PhoneNumber="+39 1"/><Phone PhoneTechType="1" PhoneNumber="+39 0471 555 014"/></Phones></ContactInfo></ContactInfos>
</HotelDescriptiveContent></HotelDescriptiveContents></OTA_HotelDescriptiveInfoRS>"#;

/// The real files beside the repository; nothing, with a word about it, where they are absent.
fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/alpinebits");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: {} is not there", folder.display());
    None
}

/// A group with a site for each of these short names, in English, German and Italian.
fn house(server: &Server, slugs: &[&str]) -> (Group, Vec<String>) {
    let lake = furnish(server, set_up(server), "lake-hotels", "seeblick.example");
    let made = slugs.iter().map(|slug| {
        let wish = json!({"name": slug, "slug": slug, "locales": ["en", "de", "it"], "default_locale": "en", "currency": "EUR"});
        lake.owner.client.post("/api/v1/sites/", &wish).expect(201).json()["id"].as_str().unwrap().to_owned()
    });
    let made = made.collect();
    (lake, made)
}

fn arguments<'a>(verb: &'a str, site: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&[verb, "alpinebits", "--organization", "lake-hotels", "--site", site], more].concat()
}

#[track_caller]
fn import(server: &Server, site: &str, file: &Path, more: &[&str]) -> Value {
    let more = [&[file.to_str().unwrap(), "--json"], more].concat();
    serde_json::from_str(&server.run_ok(&arguments("import", site, &more))).unwrap()
}

#[track_caller]
fn export(server: &Server, site: &str, more: &[&str]) -> String {
    server.run_ok(&arguments("export", site, more))
}

fn entries(group: &Group, site: &str, kind: &str) -> Vec<Value> {
    let path = format!("/api/v1/sites/{site}/entries/?type={kind}&page_size=200");
    let list = group.owner.client.get(&path).expect(200).json()["results"].as_array().unwrap().clone();
    let one = |entry: &Value| {
        let id = entry["id"].as_str().unwrap();
        group.owner.client.get(&format!("/api/v1/sites/{site}/entries/{id}/")).expect(200).json()
    };
    list.iter().map(one).collect()
}

/// All facts of a site, without what differs between two sites: the ids.
fn facts(group: &Group, site: &str) -> Vec<Value> {
    let mut all = Vec::new();
    for kind in ["property", "room", "policy"] {
        let mut documents: Vec<_> =
            entries(group, site, kind).into_iter().map(|entry| entry["document"].clone()).collect();
        for document in &mut documents {
            document.as_object_mut().unwrap().remove("property");
        }
        documents.sort_by_key(Value::to_string);
        all.extend(documents);
    }
    all
}

fn write(server: &Server, name: &str, text: &str) -> PathBuf {
    let file = server.folder().join(name);
    std::fs::write(&file, text).unwrap();
    file
}

/// The table of the real files, which the documentation promises: a file, and what becomes of it.
fn promised() -> Vec<(String, String)> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/build/alpinebits.md");
    let page = std::fs::read_to_string(page).unwrap();
    let rows = page.lines().filter(|line| line.starts_with("| `") && line.contains(".xml"));
    let cells =
        |row: &str| row.trim_matches('|').split(" | ").map(|cell| cell.trim().trim_matches('`').to_owned()).collect();
    rows.map(|row| {
        let cells: Vec<String> = cells(row);
        (cells[0].clone(), cells[1].trim_start_matches("refused: ").trim_matches('`').to_owned())
    })
    .collect()
}

#[test]
fn every_real_file_has_the_outcome_that_the_documentation_says() {
    let Some(folder) = folder() else { return };
    let mut files: Vec<_> =
        std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    files.sort();
    let promised = promised();
    let mut rows: Vec<_> = promised.iter().map(|(file, _)| file.clone()).collect();
    rows.sort();
    assert_eq!(rows, files, "every file is in the table");
    let server = Server::start_new();
    let (lake, sites) = house(&server, &["one"]);
    for (file, told) in promised.iter().filter(|(_, told)| told != "taken over") {
        let path = folder.join(file);
        let refused = server.run(&arguments("import", "one", &[path.to_str().unwrap(), "--publish"]));
        let error = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(1), "{file}");
        assert!(error.contains(told) && error.contains("nothing was changed"), "{file}: {told}: {error}");
    }
    assert_eq!(facts(&lake, &sites[0]), Vec::<Value>::new(), "refused files change nothing");
    let taken: Vec<_> = promised.iter().filter(|(_, told)| told == "taken over").collect();
    assert_eq!(taken.len(), 2);
    for (file, _) in &taken {
        let report = import(&server, "one", &folder.join(file), &["--publish"]);
        assert_eq!(report["hotels"], json!(["123"]), "{file}");
        let again = import(&server, "one", &folder.join(file), &["--publish"]);
        for (kind, counts) in again["entries"].as_object().unwrap() {
            assert_eq!((&counts["created"], &counts["changed"]), (&json!(0), &json!(0)), "{file}, {kind}");
        }
    }
    holds_what_the_files_say(&lake, &sites[0]);
    // What no field holds is in the export all the same.
    let all = export(&server, "one", &[]);
    for part in [
        "--09-30",
        "IBAN12345",
        "TRUSTYOU",
        "HotelVideo.mp4",
        "RoomID=\"105\"",
        "MinOccupancy=\"1\"",
        "OffsetDropTime=\"AfterBooking\"",
        "SourceID=\"56757e0211b70d37910f407fb6f657ff\"",
        "AreaID=\"3181913\"",
        "Code=\"118\"",
        "06:00:00",
        "+3903400000000",
    ] {
        assert!(all.contains(part), "{part}: {all}");
    }
}

fn holds_what_the_files_say(lake: &Group, site: &str) {
    let properties = entries(lake, site, "property");
    assert_eq!(properties.len(), 1, "both messages are about one house");
    let house = &properties[0]["document"];
    for (pointer, expected) in [
        ("/name/de", json!("Frangart Inn")),
        ("/stars", json!(4)),
        ("/classification/is_superior", json!(true)),
        ("/short_description/it", json!("Descrizione Breve")),
        ("/geo/latitude", json!(46.137_264_7)),
        ("/altitude_m", json!(200)),
        ("/address/street/de", json!("AlpineBitsstraße 16")),
        ("/address/city/it", json!("Bolzano")),
        ("/address/region", json!("BZ")),
        ("/address/country", json!("IT")),
        ("/phone", json!("+3903720000000")),
        ("/email", json!("info@alpinebitsHotel.it")),
        ("/website", json!("https://www.alpinebitsHotel.it")),
        ("/social/0/network", json!("facebook")),
        ("/check_in_from", json!("15:00")),
        ("/check_out_until", json!("10:00")),
        ("/pets/price", json!("20.00")),
        ("/pets/price_basis", json!("day")),
        ("/deposit/percent", json!(30)),
        ("/taxes_fees/0/amount", json!("100.00")),
        ("/taxes_fees/1/kind", json!("city_tax")),
        ("/taxes_fees/1/amount", json!("2.00")),
        ("/taxes_fees/1/basis", json!("person_and_night")),
        ("/featured_image/url", json!("https://..../HotelExteriorWinterView.jpg")),
    ] {
        assert_eq!(house.pointer(pointer), Some(&expected), "{pointer}");
    }
    let codes: Vec<_> =
        house["amenity_codes"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
    assert!(codes.contains(&"accessible_parking") && codes.contains(&"ramp"), "{codes:?}");
    let rooms = entries(lake, site, "room");
    assert_eq!(rooms.len(), 1, "rooms of one code are one entry");
    let room = &rooms[0]["document"];
    assert_eq!((&room["count"], &room["kind"], &room["max_guests"]), (&json!(5), &json!("room"), &json!(2)));
    assert_eq!(room["occupancy"], json!({"standard": 2, "max_children": 1}));
    assert_eq!(room["name"]["it"], "Camera doppia");
    assert_eq!(room["amenity_codes"][0]["code"], "cot");
    assert_eq!(room["property"], properties[0]["id"]);
    let policies = entries(lake, site, "policy");
    assert_eq!(policies.len(), 1);
    assert_eq!(policies[0]["document"]["kind"], "cancellation");
}

#[test]
fn in_out_in_and_out_again_is_the_same_facts_and_the_same_bytes() {
    let server = Server::start_new();
    let (lake, sites) = house(&server, &["one", "two", "three"]);
    let mut sources = vec![vec![write(&server, "house.xml", HOUSE)]];
    if let Some(folder) = folder() {
        sources.push(vec![folder.join("hotel-info.xml"), folder.join("room-types.xml")]);
    }
    for files in &sources {
        for file in files {
            import(&server, "one", file, &["--publish"]);
        }
    }
    // The German house is a draft: its fees have no German name. Drafts are told here, to have all of it.
    let published = export(&server, "one", &[]);
    assert!(
        published.contains("a &lt;strong&gt;garden") && !published.contains("erweiterte Beschreibung"),
        "{published}"
    );
    let first = export(&server, "one", &["--drafts"]);
    assert_eq!(first, export(&server, "one", &["--drafts"]), "an export is the same each time");
    import(&server, "two", &write(&server, "first.xml", &first), &["--publish"]);
    let (one, two) = (facts(&lake, &sites[0]), facts(&lake, &sites[1]));
    let plain = |all: &[Value]| -> Vec<Value> {
        let without = |document: &Value| {
            let mut document = document.clone();
            document.as_object_mut().unwrap().retain(|name, _| !name.starts_with("alpinebits_"));
            document
        };
        all.iter().map(without).collect()
    };
    assert_eq!(plain(&one), plain(&two), "the same facts");
    assert_eq!(export(&server, "two", &["--drafts"]), first, "the same bytes");
    assert_eq!(export(&server, "two", &[]), published, "and the same of what is published");
    // The two messages that AlpineBits knows, one after the other, say the same as the whole.
    let basic = export(&server, "two", &["--drafts", "--message", "basic"]);
    let info = export(&server, "two", &["--drafts", "--message", "info"]);
    assert!(!basic.contains("<Policies>") && basic.contains("OTA_HotelDescriptiveContentNotifRQ"), "{basic}");
    assert!(!info.contains("TypeRoom"), "{info}");
    let messages = [write(&server, "basic.xml", &basic), write(&server, "info.xml", &info)];
    for message in &messages {
        import(&server, "three", message, &["--publish"]);
    }
    assert_eq!(plain(&facts(&lake, &sites[2])), plain(&one), "the same facts from both messages");
    assert_eq!(export(&server, "three", &["--drafts", "--message", "basic"]), basic);
    assert_eq!(export(&server, "three", &["--drafts", "--message", "info"]), info);
}

#[test]
fn an_import_is_a_draft_until_it_is_to_be_published_and_a_dry_run_is_nothing() {
    let server = Server::start_new();
    let (lake, sites) = house(&server, &["one"]);
    let file = write(&server, "house.xml", HOUSE);
    let tried = import(&server, "one", &file, &["--dry-run"]);
    assert_eq!((&tried["is_dry_run"], &tried["entries"]["room"]["created"]), (&json!(true), &json!(1)));
    assert_eq!(facts(&lake, &sites[0]), Vec::<Value>::new());
    import(&server, "one", &file, &[]);
    let nothing = server.run(&arguments("export", "one", &[]));
    assert_eq!(nothing.status.code(), Some(1), "drafts are not told to partners");
    assert!(export(&server, "one", &["--drafts"]).contains("HotelCode=\"77\""));
    let report = import(&server, "one", &file, &["--publish"]);
    assert_eq!(report["entries"]["property"]["changed"], 1);
    assert_eq!(report["kept"]["Award"], Value::Null, "it is kept with what it stands in");
    assert_eq!(report["kept"]["AffiliationInfo"], 1);
    let out = server.folder().join("out.xml");
    export(&server, "one", &[out.to_str().unwrap()]);
    assert_eq!(std::fs::read_to_string(out).unwrap().trim_end(), export(&server, "one", &[]).trim_end());
}

#[test]
fn what_the_team_has_written_stays_where_the_message_says_nothing() {
    let server = Server::start_new();
    let (lake, sites) = house(&server, &["one"]);
    let site = sites[0].as_str();
    let document = json!({"name": {"en": "Sonnhof", "de": "Sonnhof am See", "it": "Sonnhof"}, "opened_on": "1999-05-01",
        "amenity_codes": ["heating", {"code": "sauna", "status": "no"}], "custom_fields": {"owner": "Anna"}});
    publish(&lake.owner.client, site, "property", &document);
    let file = write(&server, "house.xml", HOUSE);
    import(&server, "one", &file, &["--property", "sonnhof", "--publish"]);
    let all = entries(&lake, site, "property");
    assert_eq!(all.len(), 1, "the house that was named takes the facts");
    let house = &all[0]["document"];
    assert_eq!(house["name"]["de"], "Sonnhof am See");
    assert_eq!((&house["opened_on"], &house["custom_fields"]["owner"]), (&json!("1999-05-01"), &json!("Anna")));
    let code = |code: &str| house["amenity_codes"].as_array().unwrap().iter().find(|one| one["code"] == code);
    assert!(code("heating").is_some() && code("sauna").is_some_and(|one| one["status"] == "no"), "{house}");
    let again = import(&server, "one", &file, &["--property", "sonnhof", "--publish"]);
    assert_eq!(again["entries"]["property"]["unchanged"], 1, "{again}");
    // An amenity that the team takes away does not come back with what was kept beside it.
    let mut document = house.clone();
    document["amenity_codes"].as_array_mut().unwrap().retain(|one| one["code"] != "parking" && one["status"] != "no");
    let path = format!("/api/v1/sites/{site}/entries/{}/", all[0]["id"].as_str().unwrap());
    let change = json!({"revision": all[0]["revision"], "document": document});
    lake.owner.client.put(&path, &change).expect(200);
    let drafts = export(&server, "one", &["--drafts"]);
    assert!(!drafts.contains("Code=\"68\"") && drafts.contains("Code=\"118\""), "{drafts}");
}

/// Everything that visitors can be told of a site, by every way that there is.
fn told_to_visitors(server: &Server, lake: &Group, site: &str, domain: &str) -> String {
    let website = server.client().with("host", domain);
    let link = lake.owner.client.post(&format!("/api/v1/sites/{site}/preview-links/"), &json!({})).expect(201).json();
    let holder = lake.reader.with("x-preview-token", link["token"].as_str().unwrap());
    let mut told = String::new();
    // These two show no drafts, and refuse whoever holds a link.
    for path in ["changes/", "search/?q=house"] {
        told.push_str(&lake.reader.get(&format!("/api/public/v1/sites/{domain}/{path}")).expect(200).text());
    }
    for reader in [&lake.reader, &holder] {
        for path in [
            "properties/?locale=en",
            "properties/house-of-cards/?locale=en",
            "properties/house-of-cards/?languages=de,en",
            "rooms/",
            "rooms/?expand=property",
            "",
        ] {
            let answer = reader.get(&format!("/api/public/v1/sites/{domain}/{path}"));
            assert!(
                answer.status == 200 || path.contains("languages") || path.contains("expand"),
                "{path}: {}",
                answer.text()
            );
            told.push_str(&answer.text());
        }
    }
    for path in ["/", "/hotels/house-of-cards", "/sitemap.xml", "/llms.txt"] {
        told.push_str(&website.get(path).text());
    }
    told
}

#[test]
fn a_bank_account_leaves_with_the_export_and_by_no_other_way() {
    let server = Server::options().env("GAMMACMS_RATE_LIMIT_PER_MINUTE", "100000").start();
    let (lake, sites) = house(&server, &["one", "two"]);
    let site = sites[0].as_str();
    let change = json!({"domain": "karten.example"});
    lake.owner.client.patch(&format!("/api/v1/sites/{site}/"), &change).expect(200);
    lake.owner.client.post(&format!("/api/v1/sites/{site}/publish/"), &json!({})).expect(200);
    let message = r#"<OTA_HotelDescriptiveContentNotifRQ xmlns="http://www.opentravel.org/OTA/2003/05"><HotelDescriptiveContents>
        <HotelDescriptiveContent HotelCode="K" HotelName="House of Cards"><Policies><Policy><GuaranteePaymentPolicy><GuaranteePayment>
        <AcceptedPayments><AcceptedPayment><BankAcct><BankAcctName>Kartenbank</BankAcctName><BankAcctNumber><PlainText>IT60X0542811101</PlainText>
        </BankAcctNumber><BankID><PlainText>SWIFT123</PlainText></BankID></BankAcct></AcceptedPayment></AcceptedPayments>
        </GuaranteePayment></GuaranteePaymentPolicy></Policy></Policies></HotelDescriptiveContent></HotelDescriptiveContents>
        </OTA_HotelDescriptiveContentNotifRQ>"#;
    let file = write(&server, "cards.xml", message);
    import(&server, "one", &file, &["--publish"]);
    let own = entries(&lake, site, "property");
    let kept = own[0]["document"]["alpinebits_info"].as_str().unwrap();
    assert!(kept.contains("IT60X0542811101"), "the team sees it: {kept}");
    assert_eq!(own[0]["published"], json!({"de": 1, "en": 1, "it": 1}));
    let visitors = |when: &str| {
        let told = told_to_visitors(&server, &lake, site, "karten.example");
        assert!(told.contains("House of Cards"), "{when}: {told}");
        for secret in ["IT60X0542811101", "SWIFT123", "Kartenbank", "alpinebits_info"] {
            assert!(!told.contains(secret), "{when}: {secret} is told to visitors: {told}");
        }
    };
    visitors("published");
    // Not even the name of the field can be asked with.
    for query in ["filter[alpinebits_category][eq]=x", "fields=alpinebits_info", "sort=alpinebits_category"] {
        let answer = lake.reader.get(&format!("/api/public/v1/sites/karten.example/properties/?{query}"));
        assert_eq!(answer.status, 400, "{query}: {}", answer.text());
    }
    let first = export(&server, "one", &[]);
    assert!(first.contains("IT60X0542811101") && first.contains("SWIFT123"), "{first}");
    import(&server, "two", &write(&server, "again.xml", &first), &["--publish"]);
    assert_eq!(export(&server, "two", &[]), first, "out, in and out is the same");
    let table = server.folder().join("houses.csv");
    let tell = [
        "export",
        "csv",
        table.to_str().unwrap(),
        "--type",
        "property",
        "--organization",
        "lake-hotels",
        "--site",
        "one",
    ];
    server.run_ok(&tell);
    let table = std::fs::read_to_string(table).unwrap();
    assert!(table.contains("IT60X0542811101"), "the team's own export has it: {table}");

    // As it stood before there was a field for it: the next import takes it out of what visitors read.
    let mut document = own[0]["document"].clone();
    let kept = document.as_object_mut().unwrap().remove("alpinebits_info").unwrap();
    document["custom_fields"] = json!({"alpinebits_info_01": kept, "floor": "2"});
    let path = format!("/api/v1/sites/{site}/entries/{}/", own[0]["id"].as_str().unwrap());
    let saved =
        lake.owner.client.put(&path, &json!({"revision": own[0]["revision"], "document": document})).expect(200);
    let publishing = json!({"revision": saved.json()["revision"]});
    lake.owner.client.post(&format!("{path}publish/"), &publishing).expect(200);
    assert!(told_to_visitors(&server, &lake, site, "karten.example").contains("IT60X0542811101"));
    assert_eq!(export(&server, "one", &[]), first);
    import(&server, "one", &file, &["--publish"]);
    let own = entries(&lake, site, "property");
    assert_eq!(own[0]["document"]["custom_fields"], json!({"floor": "2"}));
    wait_until("the search has heard of it", || {
        let found = lake.reader.get("/api/public/v1/sites/karten.example/search/?q=house").expect(200);
        (!found.text().contains("Kartenbank")).then_some(())
    });
    visitors("imported again");
    assert_eq!(export(&server, "one", &[]), first);
}

#[test]
fn of_several_hotels_one_is_chosen_by_its_code() {
    let server = Server::start_new();
    let (lake, sites) = house(&server, &["one"]);
    let content = |code: &str| {
        format!(
            "<HotelDescriptiveContent HotelCode=\"{code}\" HotelName=\"House {code}\"><HotelInfo/></HotelDescriptiveContent>"
        )
    };
    let text = format!(
        "<OTA_HotelDescriptiveContentNotifRQ xmlns=\"http://www.opentravel.org/OTA/2003/05\"><HotelDescriptiveContents>{}{}\
         </HotelDescriptiveContents></OTA_HotelDescriptiveContentNotifRQ>",
        content("A"),
        content("B")
    );
    let file = write(&server, "two.xml", &text);
    for (more, told) in [
        (&["--hotel-code", "C"][..], "the file has no hotel \"C\"; it has A, B"),
        (&["--property", "house-a"], "several hotels (A, B)"),
        (&["--hotel-code", "A", "--property", "nobody"], "no property nobody"),
    ] {
        let refused = server.run(&arguments("import", "one", &[&[file.to_str().unwrap()], more].concat()));
        let error = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(refused.status.code() == Some(1) && error.contains(told), "{error}");
    }
    import(&server, "one", &file, &["--hotel-code", "B", "--publish"]);
    assert_eq!(entries(&lake, &sites[0], "property").len(), 1);
    import(&server, "one", &file, &["--publish"]);
    let all = export(&server, "one", &["--message", "info"]);
    assert!(all.find("HotelCode=\"A\"").unwrap() < all.find("HotelCode=\"B\"").unwrap(), "{all}");
    assert!(!export(&server, "one", &["--property", "house-b"]).contains("HotelCode=\"A\""));
}
