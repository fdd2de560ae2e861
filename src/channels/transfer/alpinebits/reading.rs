//! From a message to the facts of a house and its rooms, as far as fields of ours hold them.

use content::rich_text::{HtmlRules, RichText};
use ground::words::Locale;
use serde_json::{Map, Value, json};

use super::{
    codes::{self, codes},
    tree::Element,
    writing::{ACCESSIBLE, Facts, STARS},
};

/// Longest name of a fee here; a longer text is kept as it came.
const FEE_NAME: usize = 120;

/// What a message says of a house or a room: plain fields, and what belongs into others.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub facts: Facts,
    /// The text of each policy about cancelling, by language.
    pub cancellations: Vec<Value>,
    /// The table of its category, where it is not ours.
    pub category: Option<String>,
}

/// Reads for a site with these languages; texts in others are kept as they came.
pub(super) struct Reading<'a> {
    pub locales: &'a [Locale],
}

fn attribute(element: &Element, name: &str) -> Option<Value> {
    element.attribute(name).map(Value::from)
}

fn whole(element: &Element, name: &str) -> Option<Value> {
    element.attribute(name)?.parse::<i64>().ok().map(Value::from)
}

fn number(element: &Element, name: &str) -> Option<Value> {
    element.attribute(name)?.parse::<f64>().ok().map(Value::from)
}

fn put(facts: &mut Facts, name: &str, value: Option<Value>) {
    let is_empty = |value: &Value| match value {
        Value::Object(object) => object.is_empty(),
        Value::Array(list) => list.is_empty(),
        _ => false,
    };
    if let Some(value) = value.filter(|value| !is_empty(value)) {
        facts.insert(name.to_owned(), value);
    }
}

/// An amount of the smallest coin as a decimal number.
fn amount(element: &Element, name: &str) -> Option<Value> {
    let digits = element.attribute(name)?;
    let decimals: usize = element.attribute("DecimalPlaces").and_then(|places| places.parse().ok()).unwrap_or(0);
    let padded = format!("{digits:0>width$}", width = decimals + 1);
    let (whole, fraction) = padded.split_at_checked(padded.len().checked_sub(decimals)?)?;
    Some(Value::from(if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") }))
}

fn time(element: &Element, name: &str) -> Option<Value> {
    element.attribute(name)?.strip_suffix(":00").filter(|time| time.len() == 5).map(Value::from)
}

impl Reading<'_> {
    fn language(&self, element: &Element) -> Option<String> {
        let language = element.attribute("Language")?.to_ascii_lowercase();
        self.locales.iter().any(|locale| locale.as_str() == language).then_some(language)
    }

    /// Texts by language. Where one stands there in both formats, the first counts and the other is kept as it came.
    fn texts<'e>(&self, elements: impl IntoIterator<Item = &'e Element>, is_rich: bool) -> Option<Value> {
        let mut texts = Map::new();
        for element in elements {
            let Some(language) = self.language(element) else { continue };
            let is_html = element.attribute("TextFormat") == Some("HTML");
            if element.text.is_empty() || texts.contains_key(&language) {
                continue;
            }
            let words = || content::rich_text::words_of_html(&element.text);
            let text = match (is_rich, is_html) {
                (true, true) => rich(&element.text).map(|text| text.to_state()),
                (true, false) => Some(RichText::from_text(&element.text).to_state()),
                (false, true) => Some(Value::from(words())),
                (false, false) => Some(Value::from(element.text.clone())),
            };
            texts.extend(text.map(|text| (language, text)));
        }
        (!texts.is_empty()).then_some(Value::Object(texts))
    }

    fn described(&self, parent: &Element, code: &str, is_rich: bool) -> Option<Value> {
        let description = description(parent, code)?;
        self.texts(description.every(&["TextItems", "TextItem", "Description"]), is_rich)
    }

    /// The main picture and the others. A logo is no picture of the house: it is kept as it came.
    fn pictures(&self, parent: &Element, facts: &mut Facts) {
        let Some(description) = description(parent, "23") else { return };
        let mut pictures = Vec::new();
        for item in description.every(&["ImageItems", "ImageItem"]) {
            let url = item.at(&["ImageFormat", "URL"]).map(|url| url.text.as_str()).unwrap_or_default();
            let is_known = pictures.iter().any(|known: &Value| known["url"] == url);
            if item.attribute("Category") == Some(LOGO) || is_known {
                continue;
            }
            let mut picture = Map::from_iter([("url".to_owned(), Value::from(url))]);
            put(&mut picture, "alt", self.texts(item.all("Description"), false));
            pictures.push(Value::Object(picture));
        }
        if !pictures.is_empty() {
            facts.insert("featured_image".to_owned(), pictures.remove(0));
            put(facts, "images", Some(Value::Array(pictures)));
        }
    }

    /// A room category of Inventory/Basic, with how many rooms follow it.
    pub fn room(&self, heading: &Element, rooms: usize) -> Said {
        let mut facts = Facts::new();
        put(&mut facts, "name", self.described(heading, "25", false));
        put(&mut facts, "description", self.described(heading, "1", true));
        self.pictures(heading, &mut facts);
        put(&mut facts, "max_guests", whole(heading, "MaxOccupancy"));
        put(&mut facts, "count", (rooms > 0).then(|| Value::from(rooms)));
        let mut occupancy = Map::new();
        put(&mut occupancy, "max_children", whole(heading, "MaxChildOccupancy"));
        if let Some(kind) = heading.child("TypeRoom") {
            put(&mut occupancy, "standard", whole(kind, "StandardOccupancy"));
            let classification = kind.attribute("RoomClassificationCode");
            let known = codes().room_classifications.iter().find(|one| Some(one.code.as_str()) == classification);
            put(&mut facts, "kind", known.map(|one| Value::from(one.kind.clone())));
            put(&mut facts, "size_sqm", number(kind, "Size"));
            let bed = kind.attribute("BedTypeCode");
            let bed = codes().beds.iter().find(|one| Some(one.code.as_str()) == bed);
            put(&mut facts, "beds", bed.map(|bed| json!([{"type": bed.kind}])));
        }
        put(&mut facts, "occupancy", Some(Value::Object(occupancy)));
        let amenities = heading.every(&["Amenities", "Amenity"]);
        let terms = amenities.iter().filter_map(|one| codes::term("RMA", one.attribute("RoomAmenityCode")?));
        put(&mut facts, "amenity_codes", Some(codes_of(terms.map(|term| (term, Map::new())))));
        Said { facts, ..Said::default() }
    }

    /// What HotelInfo says of a room category.
    pub fn room_in_info(&self, room: &Element) -> Said {
        let mut facts = Facts::new();
        put(&mut facts, "short_description", self.described(room, "17", false));
        Said { facts, ..Said::default() }
    }

    /// The house.
    pub fn house(&self, content: &Element) -> Said {
        let mut said = Said::default();
        if let Some(info) = content.child("HotelInfo") {
            self.info(info, &mut said);
        }
        for policy in content.every(&["Policies", "Policy"]) {
            self.policy(policy, &mut said);
        }
        if let Some(contact) = content.at(&["ContactInfos", "ContactInfo"]) {
            self.contact(contact, &mut said.facts);
        }
        said
    }

    fn info(&self, info: &Element, said: &mut Said) {
        let facts = &mut said.facts;
        let category = info.at(&["CategoryCodes", "HotelCategory"]).and_then(|one| one.attribute("CodeDetail"));
        if let Some((table, class)) = category.and_then(|detail| detail.rsplit_once(':')) {
            let (stars, is_superior) = class.strip_suffix(['s', 'S']).map_or((class, false), |stars| (stars, true));
            if let Some(stars) = stars.parse::<i64>().ok().filter(|stars| (1..=5).contains(stars)) {
                facts.insert("stars".to_owned(), Value::from(stars));
                facts.insert("classification".to_owned(), json!({"is_superior": is_superior}));
                said.category = (table != STARS).then(|| table.to_owned());
            }
        }
        if let Some(descriptions) = info.child("Descriptions") {
            put(facts, "short_description", self.described(descriptions, "17", false));
            put(facts, "description", self.described(descriptions, "1", true));
            self.pictures(descriptions, facts);
        }
        if let Some(place) = info.child("Position") {
            if let (Some(latitude), Some(longitude)) = (number(place, "Latitude"), number(place, "Longitude")) {
                facts.insert("geo".to_owned(), json!({"latitude": latitude, "longitude": longitude}));
            }
            let is_in_metres = place.attribute("AltitudeUnitOfMeasureCode").is_none_or(|unit| unit == "3");
            put(facts, "altitude_m", whole(place, "Altitude").filter(|_| is_in_metres));
        }
        let mut found: Vec<(&str, Map<String, Value>)> = Vec::new();
        for service in info.every(&["Services", "Service"]) {
            if let Some(term) = service.attribute("Code").and_then(|code| codes::term("HAC", code)) {
                let mut more = Map::new();
                let included = service.attribute("Included").map(|value| ["true", "1"].contains(&value));
                let included = included.map(|is_included| if is_included { "included" } else { "extra" });
                put(&mut more, "included", included.map(Value::from));
                let near = service.attribute("ProximityCode");
                let near = codes().proximities.iter().find(|known| Some(known.code.as_str()) == near);
                put(&mut more, "proximity", near.map(|known| Value::from(known.value.clone())));
                found.push((term, more));
            }
            // Elsewhere they are kept as they came: here they would become facts of the house as a whole.
            let is_accessible = service.attribute("Code") == Some(ACCESSIBLE);
            let features = if is_accessible { service.every(&["Features", "Feature"]) } else { Vec::new() };
            let terms = features.iter().filter_map(|one| codes::term("PHY", one.attribute("AccessibleCode")?));
            found.extend(terms.map(|term| (term, Map::new())));
        }
        put(facts, "amenity_codes", Some(codes_of(found)));
    }

    fn policy(&self, policy: &Element, said: &mut Said) {
        let facts = &mut said.facts;
        if let Some(penalty) = policy.at(&["CancelPolicy", "CancelPenalty", "PenaltyDescription"]) {
            said.cancellations.extend(self.texts(penalty.all("Text"), true));
        }
        let mut fees = match facts.remove("taxes_fees") {
            Some(Value::Array(fees)) => fees,
            _ => Vec::new(),
        };
        for charge in policy.every(&["CheckoutCharges", "CheckoutCharge"]) {
            let texts = charge.every(&["Description", "Text"]);
            fees.extend(self.fee(charge, &texts, "cleaning", None));
        }
        for tax in policy.every(&["TaxPolicies", "TaxPolicy"]) {
            let code = tax.attribute("Code");
            let Some(known) = codes().taxes.iter().find(|one| Some(one.code.as_str()) == code) else { continue };
            let texts = tax.every(&["TaxDescription", "Text"]);
            let unit = tax.attribute("ChargeUnit");
            let charge = codes().charges.iter().find(|one| Some(one.unit.as_str()) == unit);
            fees.extend(self.fee(tax, &texts, &known.kind, charge.map(|charge| charge.basis.as_str())));
        }
        put(facts, "taxes_fees", Some(Value::Array(fees)));
        if let Some(pets) = policy.at(&["PetsPolicies", "PetsPolicy"]) {
            let mut group = Map::new();
            put(&mut group, "max", whole(pets, "MaxPetQuantity"));
            put(&mut group, "price", amount(pets, "NonRefundableFee"));
            let charge = pets.attribute("ChargeCode");
            let charge = codes().pet_charges.iter().find(|one| Some(one.code.as_str()) == charge);
            put(&mut group, "price_basis", charge.map(|charge| Value::from(charge.basis.clone())));
            put(&mut group, "note", self.texts(pets.every(&["Description", "Text"]), false));
            put(facts, "pets", Some(Value::Object(group)));
            put(facts, "currency", attribute(pets, "CurrencyCode"));
        }
        if let Some(guarantee) = policy.at(&["GuaranteePaymentPolicy", "GuaranteePayment"]) {
            payment(guarantee, facts);
        }
        for stay in policy.every(&["StayRequirements", "StayRequirement"]) {
            match stay.attribute("StayContext") {
                Some("Checkin") => {
                    put(facts, "check_in_from", time(stay, "Start"));
                    put(facts, "check_in_until", time(stay, "End"));
                }
                Some("Checkout") => put(facts, "check_out_until", time(stay, "End")),
                _ => {}
            }
        }
    }

    /// A tax or fee. One without words, or with more of them than a name has, is kept as it came.
    fn fee(&self, element: &Element, texts: &[&Element], kind: &str, basis: Option<&str>) -> Option<Value> {
        let name = self.texts(texts.iter().copied(), false)?;
        let mut all = name.as_object()?.values().filter_map(Value::as_str);
        if all.any(|text| text.chars().count() > FEE_NAME || text.contains('\n')) {
            return None;
        }
        let mut fee = Map::from_iter([("name".to_owned(), name), ("kind".to_owned(), Value::from(kind))]);
        put(&mut fee, "amount", amount(element, "Amount"));
        put(&mut fee, "percent", number(element, "Percent"));
        put(&mut fee, "currency", attribute(element, "CurrencyCode"));
        put(&mut fee, "basis", basis.map(Value::from));
        Some(Value::Object(fee))
    }

    fn contact(&self, contact: &Element, facts: &mut Facts) {
        let mut address = Map::new();
        for one in contact.every(&["Addresses", "Address"]) {
            let language = self.language(one);
            if language.is_none() && one.attribute("Language").is_some() {
                continue;
            }
            let text = |name: &str| one.child(name).map(|child| child.text.clone()).filter(|text| !text.is_empty());
            for (field, name) in [("street", "AddressLine"), ("city", "CityName")] {
                if let (Some(language), Some(text)) = (&language, text(name)) {
                    let texts = address.entry(field).or_insert_with(|| json!({}));
                    texts[language.as_str()] = Value::from(text);
                }
            }
            let code = |name: &str, code: &str| one.child(name).and_then(|child| attribute(child, code));
            let plain = [
                ("postal_code", text("PostalCode").map(Value::from)),
                ("region", code("StateProv", "StateCode")),
                ("country", code("CountryName", "Code")),
            ];
            for (field, value) in plain {
                if !address.contains_key(field) {
                    put(&mut address, field, value);
                }
            }
        }
        put(facts, "address", Some(Value::Object(address)));
        let phones = contact.every(&["Phones", "Phone"]);
        let is_telephone = |phone: &&&Element| {
            phone.attribute("PhoneTechType") == Some("1") && phone.attribute("PhoneUseType").is_none()
        };
        put(facts, "phone", phones.iter().find(is_telephone).and_then(|phone| attribute(phone, "PhoneNumber")));
        for email in contact.every(&["Emails", "Email"]) {
            let kind = email.attribute("EmailType");
            let known = codes().emails.iter().find(|one| Some(one.code.as_str()) == kind);
            if let Some(known) = known.filter(|known| !facts.contains_key(&known.field)) {
                facts.insert(known.field.clone(), Value::from(email.text.clone()));
            }
        }
        let mut social = Vec::new();
        for url in contact.every(&["URLs", "URL"]) {
            match url.attribute("ID").map(str::to_ascii_lowercase) {
                None if !facts.contains_key("website") => {
                    facts.insert("website".to_owned(), Value::from(url.text.clone()));
                }
                Some(network) if NETWORKS.contains(&network.as_str()) => {
                    social.push(json!({"network": network, "url": url.text}));
                }
                _ => {}
            }
        }
        put(facts, "social", Some(Value::Array(social)));
    }
}

/// PIC: a logo.
const LOGO: &str = "15";
/// The networks of the field `social`, as an address of a message names them.
const NETWORKS: [&str; 11] = [
    "facebook",
    "instagram",
    "youtube",
    "linkedin",
    "tiktok",
    "pinterest",
    "x",
    "threads",
    "mastodon",
    "bluesky",
    "tripadvisor",
];

fn description<'e>(parent: &'e Element, code: &str) -> Option<&'e Element> {
    let all = parent.every(&["MultimediaDescriptions", "MultimediaDescription"]);
    all.into_iter().find(|one| one.attribute("InfoCode") == Some(code))
}

fn rich(html: &str) -> Option<RichText> {
    let rules = HtmlRules { address: &|address| address.to_owned(), lines_are_kept: false };
    RichText::from_html(html, &rules).ok().map(|(text, _)| text).filter(|text| !text.is_empty())
}

/// Codes of the dictionary, each once.
fn codes_of<'t>(found: impl IntoIterator<Item = (&'t str, Map<String, Value>)>) -> Value {
    let mut all: Vec<Value> = Vec::new();
    for (term, more) in found {
        if !all.iter().any(|known| known["code"] == term) {
            let mut one =
                Map::from_iter([("code".to_owned(), Value::from(term)), ("status".to_owned(), Value::from("yes"))]);
            one.extend(more);
            all.push(Value::Object(one));
        }
    }
    Value::Array(all)
}

fn payment(guarantee: &Element, facts: &mut Facts) {
    let mut methods: Vec<(&str, Map<String, Value>)> = Vec::new();
    for accepted in guarantee.every(&["AcceptedPayments", "AcceptedPayment"]) {
        if accepted.child("Cash").is_some_and(|cash| cash.attribute("CashIndicator") == Some("true")) {
            methods.push(("cash", Map::new()));
        }
        if accepted.child("BankAcct").is_some() {
            methods.push(("bank_transfer", Map::new()));
        }
        let card = accepted.child("PaymentCard").and_then(|card| card.attribute("CardCode"));
        let card = codes().cards.iter().find(|one| Some(one.code.as_str()) == card);
        methods.extend(card.map(|card| (card.method.as_str(), Map::new())));
    }
    put(facts, "payment_methods", Some(codes_of(methods)));
    let mut deposit = Map::new();
    let percent = guarantee.child("AmountPercent").and_then(|percent| whole(percent, "Percent"));
    put(&mut deposit, "percent", percent);
    if let Some(deadline) = guarantee.child("Deadline") {
        let is_before = deadline.attribute("OffsetDropTime") == Some("BeforeArrival");
        let is_in_days = deadline.attribute("OffsetTimeUnit") == Some("Day");
        put(&mut deposit, "days_before", whole(deadline, "OffsetUnitMultiplier").filter(|_| is_before && is_in_days));
    }
    put(facts, "deposit", Some(Value::Object(deposit)));
}
