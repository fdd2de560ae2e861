//! From entries to a message. What is written here is all that fields of ours hold; the rest comes from `keeping`.

use content::rich_text::RichText;
use serde_json::{Map, Value};

use super::{
    codes::{self, codes},
    tree::Element,
};

/// The facts of a house or a room.
pub(super) type Facts = Map<String, Value>;

/// A house with what belongs to it, as it is to be written.
pub(super) struct House<'a> {
    pub facts: &'a Facts,
    /// The text of each policy about cancelling, by language.
    pub cancellations: &'a [Value],
    /// The language whose name the house has.
    pub locale: &'a str,
    /// Where no currency is said.
    pub currency: &'a str,
}

fn word(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn items(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The table of categories that a file names where the house has brought none.
pub(super) const STARS: &str = "STARS_1";
/// The custom field with the table that it has brought.
pub(super) const CATEGORY: &str = "alpinebits_category";

/// The name in one language, or in the first that has one.
pub(super) fn name_in(names: Option<&Value>, locale: &str) -> Option<String> {
    let names = names?.as_object()?;
    word(names.get(locale).or_else(|| names.values().next()))
}

/// A text as one element per language.
fn texts(name: &str, text: Option<&Value>) -> Vec<Element> {
    let Some(texts) = text.and_then(Value::as_object) else { return Vec::new() };
    let one = |(language, value): (&String, &Value)| {
        let (format, words) = match value {
            Value::String(plain) => ("PlainText", plain.clone()),
            state => {
                let (rich, _) = RichText::read(state);
                if rich.is_plain() { ("PlainText", rich.to_text()) } else { ("HTML", rich.to_html()) }
            }
        };
        Element::new(name).with("TextFormat", format).with("Language", language.clone()).saying(words)
    };
    // Sites have their languages in different orders.
    let mut texts: Vec<_> = texts.iter().collect();
    texts.sort_by_key(|(language, _)| *language);
    texts.into_iter().map(one).collect()
}

/// A description with an item for each language, or with all of them in one item as rooms have it.
fn described(code: &str, text: Option<&Value>, in_one: bool) -> Option<Element> {
    let texts = texts("Description", text);
    let item = |texts: Vec<Element>| Element::new("TextItem").around(texts);
    let items: Vec<Element> = if in_one {
        item(texts).into_iter().collect()
    } else {
        texts.into_iter().filter_map(|text| item(vec![text])).collect()
    };
    Some(Element::new("MultimediaDescription").with("InfoCode", code).holding(Element::new("TextItems").around(items)?))
}

/// The pictures: the main one and the others, each once.
fn pictures(facts: &Facts) -> Option<Element> {
    let mut seen: Vec<&str> = Vec::new();
    let mut all = Vec::new();
    for picture in facts.get("featured_image").into_iter().chain(items(facts.get("images"))) {
        let Some(url) = picture.get("url").and_then(Value::as_str).filter(|url| !seen.contains(url)) else { continue };
        seen.push(url);
        let format = Element::new("ImageFormat").holding(Element::new("URL").saying(url));
        let item = Element::new("ImageItem").holding(format);
        all.extend(item.around(texts("Description", picture.get("alt"))));
    }
    let items = Element::new("ImageItems").around(all)?;
    Some(Element::new("MultimediaDescription").with("InfoCode", "23").holding(items))
}

/// What is there of a dictionary, with its facts.
fn there(facts: &Facts) -> impl Iterator<Item = (&str, &Value)> {
    let all = items(facts.get("amenity_codes")).iter();
    all.filter(|one| one.get("status").and_then(Value::as_str).unwrap_or("yes") == "yes")
        .filter_map(|one| Some((one.get("code")?.as_str()?, one)))
}

/// A room category, as Inventory/Basic has it.
///
/// `with_short` adds the short description, which Inventory/Basic has no place for.
pub(super) fn room(facts: &Facts, with_short: bool) -> Element {
    let number = |name: &str| word(facts.get(name));
    let occupancy = |name: &str| word(facts.get("occupancy").and_then(|occupancy| occupancy.get(name)));
    let kind = facts.get("kind").and_then(Value::as_str);
    let classification = codes().room_classifications.iter().find(|one| Some(one.kind.as_str()) == kind);
    let type_room = Element::new("TypeRoom")
        .with_some("StandardOccupancy", occupancy("standard"))
        .with_some("RoomClassificationCode", classification.map(|one| one.code.clone()))
        .with_some("Size", number("size_sqm"));
    let amenities = there(facts).filter_map(|(term, _)| codes::code("RMA", term));
    let amenities = amenities.map(|code| Element::new("Amenity").with("RoomAmenityCode", code)).collect();
    let descriptions = [
        described("25", facts.get("name"), true),
        described("1", facts.get("description"), true),
        if with_short { described("17", facts.get("short_description"), true) } else { None },
        pictures(facts),
    ];
    let mut room = Element::new("GuestRoom")
        .with_some("MaxOccupancy", number("max_guests"))
        .with_some("MaxChildOccupancy", occupancy("max_children"))
        .holding(type_room);
    room.children.extend(Element::new("Amenities").around(amenities));
    room.children.extend(Element::new("MultimediaDescriptions").around(descriptions.into_iter().flatten().collect()));
    room
}

/// What HotelInfo says of a room category.
pub(super) fn room_in_info(facts: &Facts) -> Option<Element> {
    let descriptions = described("17", facts.get("short_description"), true).into_iter().collect();
    Some(Element::new("GuestRoom").holding(Element::new("MultimediaDescriptions").around(descriptions)?))
}

impl House<'_> {
    /// The house without its rooms.
    pub fn write(&self) -> Element {
        let parts = [
            Element::new("HotelInfo").around(self.info()),
            Element::new("Policies").around(self.policies()),
            self.contact().map(|contact| Element::new("ContactInfos").holding(contact)),
        ];
        let mut house = self.head();
        house.children.extend(parts.into_iter().flatten());
        house
    }

    /// The house as Inventory/Basic names it.
    pub fn head(&self) -> Element {
        Element::new("HotelDescriptiveContent").with_some("HotelName", name_in(self.facts.get("name"), self.locale))
    }

    fn info(&self) -> Vec<Element> {
        let facts = self.facts;
        let superior =
            facts.get("classification").and_then(|group| group.get("is_superior")) == Some(&Value::Bool(true));
        let stars = word(facts.get("stars")).map(|stars| if superior { format!("{stars}s") } else { stars });
        let category = stars.map(|stars| {
            let table = word(facts.get(CATEGORY));
            let category = Element::new("HotelCategory")
                .with("CodeDetail", format!("{}:{stars}", table.as_deref().unwrap_or(STARS)));
            Element::new("CategoryCodes").holding(category)
        });
        let descriptions = [
            described("17", facts.get("short_description"), false),
            described("1", facts.get("description"), false),
            pictures(facts),
        ];
        let descriptions = Element::new("MultimediaDescriptions").around(descriptions.into_iter().flatten().collect());
        [
            category,
            descriptions.map(|descriptions| Element::new("Descriptions").holding(descriptions)),
            position(facts),
            Element::new("Services").around(services(facts)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn currency(&self) -> String {
        word(self.facts.get("currency")).unwrap_or_else(|| self.currency.to_owned())
    }

    fn amount(&self, element: Element, name: &str, amount: Option<String>, currency: Option<String>) -> Element {
        let Some(amount) = amount else { return element };
        let (whole, fraction) = amount.split_once('.').unwrap_or((&amount, ""));
        let digits = format!("{whole}{fraction}");
        let digits = digits.trim_start_matches('0');
        element
            .with(name, if digits.is_empty() { "0" } else { digits })
            .with("CurrencyCode", currency.unwrap_or_else(|| self.currency()))
            .with("DecimalPlaces", fraction.len().to_string())
    }

    fn policies(&self) -> Vec<Element> {
        let facts = self.facts;
        let policy = |inside: Element| Element::new("Policy").holding(inside);
        let mut all: Vec<Element> = Vec::new();
        for text in self.cancellations {
            let described = Element::new("PenaltyDescription").around(texts("Text", Some(text)));
            let penalty = described.map(|described| Element::new("CancelPenalty").holding(described));
            all.extend(penalty.map(|penalty| policy(Element::new("CancelPolicy").holding(penalty))));
        }
        let fees = items(facts.get("taxes_fees"));
        let is_cleaning = |fee: &&Value| fee.get("kind").and_then(Value::as_str) == Some("cleaning");
        let cleaning = fees.iter().filter(is_cleaning).map(|fee| self.cleaning(fee)).collect();
        all.extend(Element::new("CheckoutCharges").around(cleaning).map(policy));
        all.extend(self.pets().map(policy));
        let taxes = fees.iter().filter_map(|fee| self.tax(fee)).collect();
        all.extend(Element::new("TaxPolicies").around(taxes).map(policy));
        all.extend(payment(facts).map(policy));
        all.extend(stay(facts).map(policy));
        all
    }

    fn cleaning(&self, fee: &Value) -> Element {
        let charge = Element::new("CheckoutCharge");
        let mut charge = self.amount(charge, "Amount", word(fee.get("amount")), word(fee.get("currency")));
        charge.children.extend(Element::new("Description").around(texts("Text", fee.get("name"))));
        charge
    }

    fn tax(&self, fee: &Value) -> Option<Element> {
        let kind = fee.get("kind")?.as_str()?;
        let code = codes().taxes.iter().find(|one| one.kind == kind)?;
        let basis = fee.get("basis").and_then(Value::as_str);
        let charge = codes().charges.iter().find(|one| Some(one.basis.as_str()) == basis);
        let tax = Element::new("TaxPolicy")
            .with_some("ChargeFrequency", charge.map(|charge| charge.frequency.clone()))
            .with_some("ChargeUnit", charge.map(|charge| charge.unit.clone()))
            .with_some("Percent", word(fee.get("percent")));
        let tax = self.amount(tax, "Amount", word(fee.get("amount")), word(fee.get("currency")));
        let mut tax = tax.with("Code", code.code.clone());
        tax.children.extend(Element::new("TaxDescription").around(texts("Text", fee.get("name"))));
        Some(tax)
    }

    fn pets(&self) -> Option<Element> {
        let pets = self.facts.get("pets")?;
        let basis = pets.get("price_basis").and_then(Value::as_str);
        let charge = codes().pet_charges.iter().find(|one| Some(one.basis.as_str()) == basis);
        let policy = Element::new("PetsPolicy").with_some("MaxPetQuantity", word(pets.get("max")));
        let policy = policy.with_some("ChargeCode", charge.map(|charge| charge.code.clone()));
        let mut policy = self.amount(policy, "NonRefundableFee", word(pets.get("price")), None);
        policy.children.extend(Element::new("Description").around(texts("Text", pets.get("note"))));
        let says_something = !(policy.attributes.is_empty() && policy.children.is_empty());
        says_something.then(|| Element::new("PetsPolicies").holding(policy))
    }

    fn contact(&self) -> Option<Element> {
        let facts = self.facts;
        let phone = word(facts.get("phone"));
        let phones = phone.map(|number| Element::new("Phone").with("PhoneTechType", "1").with("PhoneNumber", number));
        let emails = codes().emails.iter().filter_map(|email| {
            Some(Element::new("Email").with("EmailType", email.code.clone()).saying(word(facts.get(&email.field))?))
        });
        let mut urls: Vec<Element> =
            word(facts.get("website")).map(|url| Element::new("URL").saying(url)).into_iter().collect();
        for social in items(facts.get("social")) {
            if let (Some(network), Some(url)) = (word(social.get("network")), word(social.get("url"))) {
                urls.push(Element::new("URL").with("ID", network.to_ascii_uppercase()).saying(url));
            }
        }
        let parts = [
            Element::new("Addresses").around(addresses(facts)),
            Element::new("Phones").around(phones.into_iter().collect()),
            Element::new("Emails").around(emails.collect()),
            Element::new("URLs").around(urls),
        ];
        Element::new("ContactInfo").with("Location", "6").around(parts.into_iter().flatten().collect())
    }
}

fn position(facts: &Facts) -> Option<Element> {
    let geo = facts.get("geo");
    let place = |name: &str| word(geo.and_then(|geo| geo.get(name)));
    let altitude = word(facts.get("altitude_m"));
    let unit = altitude.is_some().then_some("3");
    let element = Element::new("Position")
        .with_some("Altitude", altitude)
        .with_some("AltitudeUnitOfMeasureCode", unit)
        .with_some("Latitude", place("latitude"))
        .with_some("Longitude", place("longitude"));
    (!element.attributes.is_empty()).then_some(element)
}

/// The services of the house; what is accessible stands inside the service that says so.
fn services(facts: &Facts) -> Vec<Element> {
    let features = there(facts).filter_map(|(term, _)| codes::code("PHY", term));
    let features = features.map(|code| Element::new("Feature").with("AccessibleCode", code)).collect();
    let mut features = Element::new("Features").around(features);
    let mut all = Vec::new();
    for (term, one) in there(facts) {
        let Some(code) = codes::code("HAC", term) else { continue };
        let said = |name: &str| one.get(name).and_then(Value::as_str);
        let included = said("included").map(|included| if included == "included" { "true" } else { "false" });
        let proximity = codes().proximities.iter().find(|known| Some(known.value.as_str()) == said("proximity"));
        let mut service = Element::new("Service")
            .with("Code", code.clone())
            .with_some("Included", included)
            .with_some("ProximityCode", proximity.map(|known| known.code.clone()));
        if code == ACCESSIBLE {
            service.children.extend(features.take());
        }
        all.push(service);
    }
    all.extend(features.map(|features| Element::new("Service").with("Code", ACCESSIBLE).holding(features)));
    all
}

/// HAC: accessible facilities.
pub(super) const ACCESSIBLE: &str = "47";

fn payment(facts: &Facts) -> Option<Element> {
    let methods = items(facts.get("payment_methods"));
    let is_taken = |method: &str| {
        methods.iter().any(|one| {
            one.get("code").and_then(Value::as_str) == Some(method)
                && one.get("status").and_then(Value::as_str) == Some("yes")
        })
    };
    let accepted = |inside: Element| Element::new("AcceptedPayment").holding(inside);
    let mut all: Vec<Element> = Vec::new();
    if is_taken("cash") {
        all.push(accepted(Element::new("Cash").with("CashIndicator", "true")));
    }
    let cards = codes().cards.iter().filter(|card| is_taken(&card.method));
    all.extend(cards.map(|card| accepted(Element::new("PaymentCard").with("CardCode", card.code.clone()))));
    let deposit = facts.get("deposit");
    let percent = word(deposit.and_then(|deposit| deposit.get("percent")));
    let days = word(deposit.and_then(|deposit| deposit.get("days_before")));
    let parts = [
        Element::new("AcceptedPayments").around(all),
        percent.map(|percent| Element::new("AmountPercent").with("Percent", percent)),
        days.map(|days| {
            Element::new("Deadline")
                .with("OffsetDropTime", "BeforeArrival")
                .with("OffsetTimeUnit", "Day")
                .with("OffsetUnitMultiplier", days)
        }),
    ];
    let guarantee = Element::new("GuaranteePayment").around(parts.into_iter().flatten().collect())?;
    Some(Element::new("GuaranteePaymentPolicy").holding(guarantee))
}

fn stay(facts: &Facts) -> Option<Element> {
    let time = |name: &str| word(facts.get(name)).map(|time| format!("{time}:00"));
    let one = |context: &str, from: Option<String>, until: Option<String>| {
        let is_said = from.is_some() || until.is_some();
        let element = Element::new("StayRequirement").with("StayContext", context);
        is_said.then(|| element.with_some("Start", from).with_some("End", until))
    };
    let both =
        [one("Checkin", time("check_in_from"), time("check_in_until")), one("Checkout", None, time("check_out_until"))];
    Element::new("StayRequirements").around(both.into_iter().flatten().collect())
}

/// The address in each language that has something of it.
fn addresses(facts: &Facts) -> Vec<Element> {
    let Some(address) = facts.get("address") else { return Vec::new() };
    let said = |name: &str| word(address.get(name));
    let texts = |name: &str| address.get(name).and_then(Value::as_object);
    let mut languages: Vec<&String> =
        ["street", "city"].iter().filter_map(|name| texts(name)).flat_map(Map::keys).collect();
    languages.sort_unstable();
    languages.dedup();
    let in_language = |language: Option<&String>| {
        let text = |name: &str| language.and_then(|language| word(texts(name)?.get(language)));
        let parts = [
            text("street").map(|street| Element::new("AddressLine").saying(street)),
            text("city").map(|city| Element::new("CityName").saying(city)),
            said("postal_code").map(|code| Element::new("PostalCode").saying(code)),
            said("region").map(|region| Element::new("StateProv").with("StateCode", region)),
            said("country").map(|country| Element::new("CountryName").with("Code", country)),
        ];
        Element::new("Address").with_some("Language", language.cloned()).around(parts.into_iter().flatten().collect())
    };
    if languages.is_empty() {
        return in_language(None).into_iter().collect();
    }
    languages.into_iter().filter_map(|language| in_language(Some(language))).collect()
}
