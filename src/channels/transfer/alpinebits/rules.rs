//! The rules of AlpineBits for hotel content: what each message must have and may not have. Everything is checked before the
//! first write, and every fault names its element, attribute and line.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Fault, tree::Element};

/// What the team of a hotel sends: rooms and their names.
pub(super) const REQUEST: &str = "OTA_HotelDescriptiveContentNotifRQ";
/// What a hotel answers to a partner who asks.
pub(super) const RESPONSE: &str = "OTA_HotelDescriptiveInfoRS";

/// Faults told at once: who reads the first ones finds the others in the same places.
const MOST_FAULTS: usize = 20;
/// Descriptions of a room category: its name, its text, its pictures.
const MOST_DESCRIPTIONS: usize = 3;

/// What Inventory/Basic says of a category, by OpenTravel's list INF: its text, its pictures, its name.
pub(super) const ROOM_TEXTS: [&str; 3] = ["1", "23", "25"];

/// Which of the messages it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AlpinebitsMessage)]
pub enum Message {
    /// Inventory/Basic: room categories and rooms.
    Basic,
    /// Inventory/HotelInfo: the house, without the facts of rooms.
    Info,
    /// Both in one response. AlpineBits sends them apart.
    All,
}

impl Message {
    /// The message of a name, as the API and the command say it.
    pub fn named(text: &str) -> Option<Self> {
        match text {
            "basic" => Some(Self::Basic),
            "info" => Some(Self::Info),
            "all" => Some(Self::All),
            _ => None,
        }
    }

    /// Which message a file is. A request is one of two, told apart by what only one of them has.
    pub(super) fn of(root: &Element) -> Result<Self, Fault> {
        let contents = root.every(&["HotelDescriptiveContents", "HotelDescriptiveContent"]);
        let rooms = root.every(&[
            "HotelDescriptiveContents",
            "HotelDescriptiveContent",
            "FacilityInfo",
            "GuestRooms",
            "GuestRoom",
        ]);
        let has_facts =
            rooms.iter().any(|room| ["MinOccupancy", "MaxOccupancy"].iter().any(|name| room.attribute(name).is_some()));
        let has_house = contents.iter().any(|content| {
            ["HotelInfo", "AffiliationInfo", "ContactInfos"].iter().any(|name| content.child(name).is_some())
        });
        let has_facility = contents.iter().any(|content| content.child("FacilityInfo").is_some());
        match root.name.as_str() {
            RESPONSE if has_facts && (has_house || contents.iter().any(|one| one.child("Policies").is_some())) => {
                Ok(Self::All)
            }
            REQUEST | RESPONSE if has_facts => Ok(Self::Basic),
            REQUEST | RESPONSE if has_facility && !has_house && rooms.is_empty() => Ok(Self::Basic),
            REQUEST | RESPONSE => Ok(Self::Info),
            _ => Err(Fault::new(root.line, &root.name, format!("The message has to be {REQUEST} or {RESPONSE}."))),
        }
    }
}

/// Everything that is wrong with a message.
pub(super) fn check(root: &Element, message: Message) -> Vec<Fault> {
    let mut check = Check { message, faults: Vec::new() };
    check.root(root);
    check.faults
}

struct Check {
    message: Message,
    faults: Vec<Fault>,
}

impl Check {
    fn fault(&mut self, fault: Fault) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(fault);
        }
    }

    fn wrong(&mut self, element: &Element, reason: impl Into<String>) {
        self.fault(Fault::new(element.line, &element.name, reason));
    }

    fn wrong_at(&mut self, element: &Element, attribute: &str, reason: impl Into<String>) {
        self.fault(Fault { attribute: attribute.to_owned(), ..Fault::new(element.line, &element.name, reason) });
    }

    fn required<'e>(&mut self, element: &'e Element, attribute: &str) -> Option<&'e str> {
        let found = element.attribute(attribute).filter(|value| !value.trim().is_empty());
        if found.is_none() {
            self.wrong_at(element, attribute, "It is required here.");
        }
        found
    }

    fn forbidden(&mut self, element: &Element, attributes: &[&str], why: &str) {
        for attribute in attributes.iter().filter(|name| element.attribute(name).is_some()) {
            self.wrong_at(element, attribute, why);
        }
    }

    fn no_child(&mut self, element: &Element, names: &[&str], why: &str) {
        for child in element.children.iter().filter(|child| names.contains(&child.name.as_str())) {
            self.wrong(child, why);
        }
    }

    fn whole(&mut self, element: &Element, attribute: &str, least: u32) -> Option<u32> {
        let value = element.attribute(attribute)?;
        let number = value.parse().ok().filter(|number| *number >= least);
        if number.is_none() {
            self.wrong_at(element, attribute, format!("{value:?} is no whole number from {least} on."));
        }
        number
    }

    fn number(&mut self, element: &Element, attribute: &str, limit: f64) {
        if let Some(value) = element.attribute(attribute)
            && !value.parse::<f64>().is_ok_and(|number| number.abs() <= limit)
        {
            self.wrong_at(element, attribute, format!("{value:?} is no number up to {limit}."));
        }
    }

    fn root(&mut self, root: &Element) {
        if root.name == RESPONSE {
            for error in root.every(&["Errors", "Error"]) {
                self.wrong(error, format!("The answer tells of an error: {}", error.text));
            }
        }
        let contents = root.every(&["HotelDescriptiveContents", "HotelDescriptiveContent"]);
        if contents.is_empty() {
            self.wrong(root, "There is no HotelDescriptiveContent in it.");
        }
        let mut seen = BTreeSet::new();
        for content in contents {
            if let Some(code) = self.required(content, "HotelCode")
                && !seen.insert(code)
            {
                self.wrong_at(content, "HotelCode", format!("The hotel {code:?} stands in the file twice."));
            }
            self.content(content);
        }
    }

    fn content(&mut self, content: &Element) {
        if self.message == Message::Basic {
            let others = ["HotelInfo", "Policies", "AffiliationInfo", "ContactInfos"];
            self.no_child(content, &others, "It is not allowed in Inventory/Basic.");
            if content.at(&["FacilityInfo", "GuestRooms"]).is_none() {
                self.wrong(content, "Inventory/Basic has FacilityInfo with GuestRooms.");
            }
        }
        for rooms in content.every(&["FacilityInfo", "GuestRooms"]) {
            if rooms.children.is_empty() {
                self.wrong(rooms, "There is no GuestRoom in it.");
            }
            self.rooms(rooms);
        }
        if let Some(info) = content.child("HotelInfo") {
            self.info(info);
        }
        for policy in content.every(&["Policies", "Policy"]) {
            self.policy(policy);
        }
        for contact in content.every(&["ContactInfos", "ContactInfo"]) {
            self.contact(contact);
        }
    }

    fn rooms(&mut self, rooms: &Element) {
        let mut categories = BTreeSet::new();
        let mut ids = BTreeSet::new();
        for room in rooms.all("GuestRoom") {
            let Some(code) = self.required(room, "Code") else { continue };
            let is_heading = categories.insert(code.to_owned());
            if self.message == Message::Info {
                if !is_heading {
                    self.wrong_at(room, "Code", format!("The category {code:?} stands here twice."));
                }
                let facts = ["MinOccupancy", "MaxOccupancy", "MaxChildOccupancy"];
                self.forbidden(room, &facts, "It is not allowed in Inventory/HotelInfo.");
                self.no_child(room, &["TypeRoom", "Amenities"], "It is not allowed in Inventory/HotelInfo.");
                self.descriptions(room);
            } else if is_heading {
                self.heading(room);
            } else {
                self.following(room, code, &mut ids);
            }
        }
    }

    /// The first `GuestRoom` of a code: the category.
    fn heading(&mut self, room: &Element) {
        self.required(room, "MinOccupancy");
        self.required(room, "MaxOccupancy");
        let (least, most) = (self.whole(room, "MinOccupancy", 1), self.whole(room, "MaxOccupancy", 1));
        if let (Some(least), Some(most)) = (least, most)
            && least > most
        {
            self.wrong_at(room, "MinOccupancy", "It is more than MaxOccupancy.");
        }
        if let (Some(children), Some(most)) = (self.whole(room, "MaxChildOccupancy", 0), most)
            && children > most
        {
            self.wrong_at(room, "MaxChildOccupancy", "It is more than MaxOccupancy.");
        }
        match room.child("TypeRoom") {
            None => self.wrong(room, "The first GuestRoom of a code needs a TypeRoom."),
            Some(kind) => {
                self.required(kind, "StandardOccupancy");
                self.required(kind, "RoomClassificationCode");
                self.whole(kind, "RoomClassificationCode", 1);
                self.forbidden(kind, &["RoomID"], "Only the following GuestRooms of a code have one.");
                let usual = self.whole(kind, "StandardOccupancy", 1);
                if let (Some(usual), Some(most)) = (usual, most)
                    && usual > most
                {
                    self.wrong_at(kind, "StandardOccupancy", "It is more than MaxOccupancy.");
                }
            }
        }
        for amenity in room.every(&["Amenities", "Amenity"]) {
            if self.required(amenity, "RoomAmenityCode").is_some() {
                self.whole(amenity, "RoomAmenityCode", 1);
            }
        }
        self.descriptions(room);
        let is_named = room.every(&["MultimediaDescriptions", "MultimediaDescription"]);
        if !is_named.iter().any(|one| one.attribute("InfoCode") == Some("25")) {
            self.wrong(room, "The category has no name: a MultimediaDescription with InfoCode 25.");
        }
    }

    /// Every other `GuestRoom` of the code: a single room.
    fn following<'e>(&mut self, room: &'e Element, code: &'e str, ids: &mut BTreeSet<(&'e str, &'e str)>) {
        let facts = ["MinOccupancy", "MaxOccupancy", "MaxChildOccupancy"];
        self.forbidden(room, &facts, "Only the first GuestRoom of a code has it.");
        self.no_child(room, &["Amenities", "MultimediaDescriptions"], "Only the first GuestRoom of a code has it.");
        let Some(kind) = room.child("TypeRoom") else {
            self.wrong(room, "A following GuestRoom needs a TypeRoom with a RoomID.");
            return;
        };
        self.forbidden(
            kind,
            &["StandardOccupancy", "RoomClassificationCode"],
            "Only the first GuestRoom of a code has it.",
        );
        if let Some(id) = self.required(kind, "RoomID")
            && !ids.insert((code, id))
        {
            self.wrong_at(kind, "RoomID", format!("The room {id:?} stands in the category twice."));
        }
    }

    fn descriptions(&mut self, parent: &Element) {
        let descriptions = parent.every(&["MultimediaDescriptions", "MultimediaDescription"]);
        let is_room = parent.name == "GuestRoom";
        if is_room && self.message == Message::Basic && descriptions.len() > MOST_DESCRIPTIONS {
            let told = format!("At most {MOST_DESCRIPTIONS} are allowed here; these are {}.", descriptions.len());
            self.wrong(descriptions[MOST_DESCRIPTIONS], told);
        }
        let mut seen = BTreeSet::new();
        for description in descriptions {
            let Some(code) = self.required(description, "InfoCode") else { continue };
            let is_known = !(is_room && self.message == Message::Basic) || ROOM_TEXTS.contains(&code);
            if !is_known {
                self.wrong_at(description, "InfoCode", "Inventory/Basic has 25 (name), 1 (text) and 23 (pictures).");
            }
            if !seen.insert(code) {
                self.wrong_at(description, "InfoCode", format!("{code} stands here twice."));
            }
            match code {
                "23" => self.items(description, ["ImageItems", "ImageItem", "ImageFormat"]),
                "24" => self.items(description, ["VideoItems", "VideoItem", "VideoFormat"]),
                "1" | "17" | "25" => self.text_items(description),
                _ => {}
            }
        }
    }

    fn text_items(&mut self, description: &Element) {
        let items = description.every(&["TextItems", "TextItem"]);
        if items.is_empty() {
            self.wrong(description, "There is no TextItem in it.");
        }
        let mut seen = BTreeSet::new();
        for item in items {
            if item.child("Description").is_none() {
                self.wrong(item, "There is no Description in it.");
            }
            for text in item.all("Description") {
                self.text(text, &mut seen);
            }
        }
    }

    fn text<'e>(&mut self, text: &'e Element, seen: &mut BTreeSet<(String, &'e str)>) {
        let language = self.required(text, "Language").map(str::to_ascii_lowercase);
        let format = self.required(text, "TextFormat");
        if let Some(other) = format.filter(|format| !["PlainText", "HTML"].contains(format)) {
            self.wrong_at(text, "TextFormat", format!("It is PlainText or HTML, not {other:?}."));
        }
        if text.text.is_empty() {
            self.wrong(text, "There is no text in it.");
        }
        if let (Some(language), Some(format)) = (language, format)
            && !seen.insert((language.clone(), format))
        {
            self.wrong_at(text, "Language", format!("There are two texts in {language:?}."));
        }
    }

    fn items(&mut self, description: &Element, [list, item, format]: [&str; 3]) {
        let items = description.every(&[list, item]);
        if items.is_empty() {
            self.wrong(description, format!("There is no {item} in it."));
        }
        for one in items {
            self.required(one, "Category");
            if one.at(&[format, "URL"]).is_none_or(|url| url.text.is_empty()) {
                self.wrong(one, format!("There is no {format} with a URL in it."));
            }
            let mut seen = BTreeSet::new();
            for text in one.all("Description") {
                self.text(text, &mut seen);
            }
        }
    }

    fn info(&mut self, info: &Element) {
        for descriptions in info.all("Descriptions") {
            self.descriptions(descriptions);
        }
        for place in info.all("Position") {
            self.number(place, "Latitude", 90.0);
            self.number(place, "Longitude", 180.0);
            self.number(place, "Altitude", 9000.0);
            if place.attribute("Latitude").is_some() != place.attribute("Longitude").is_some() {
                self.wrong(place, "Latitude and Longitude stand together.");
            }
        }
        for service in info.every(&["Services", "Service"]) {
            self.required(service, "Code");
            self.whole(service, "Code", 1);
            if let Some(other) =
                service.attribute("Included").filter(|value| !["true", "false", "1", "0"].contains(value))
            {
                self.wrong_at(service, "Included", format!("It is true or false, not {other:?}."));
            }
            for feature in service.every(&["Features", "Feature"]) {
                self.required(feature, "AccessibleCode");
                self.whole(feature, "AccessibleCode", 1);
            }
        }
    }

    fn policy(&mut self, policy: &Element) {
        if policy.children.len() != 1 {
            self.wrong(policy, "A Policy holds exactly one kind of policy.");
        }
        let charges = policy.every(&["CheckoutCharges", "CheckoutCharge"]);
        for charge in charges.into_iter().chain(policy.every(&["TaxPolicies", "TaxPolicy"])) {
            self.amount(charge, "Amount");
        }
        for pets in policy.every(&["PetsPolicies", "PetsPolicy"]) {
            self.whole(pets, "MaxPetQuantity", 0);
            self.amount(pets, "NonRefundableFee");
        }
        for stay in policy.every(&["StayRequirements", "StayRequirement"]) {
            self.required(stay, "StayContext");
            for name in ["Start", "End"] {
                if let Some(value) = stay.attribute(name)
                    && value.parse::<jiff::civil::Time>().is_err()
                {
                    self.wrong_at(stay, name, format!("{value:?} is no time of day such as 15:00:00."));
                }
            }
        }
    }

    fn amount(&mut self, element: &Element, attribute: &str) {
        let decimals = self.whole(element, "DecimalPlaces", 0);
        if decimals.is_some_and(|decimals| decimals > 4) {
            self.wrong_at(element, "DecimalPlaces", "At most 4 are kept.");
        }
        if let Some(value) = element.attribute(attribute) {
            if !value.bytes().all(|byte| byte.is_ascii_digit()) || value.is_empty() || value.len() > 12 {
                self.wrong_at(
                    element,
                    attribute,
                    format!("{value:?} is no amount in the smallest coin, such as 10000."),
                );
            }
            self.required(element, "CurrencyCode");
        }
    }

    fn contact(&mut self, contact: &Element) {
        if self.required(contact, "Location").is_some_and(|location| location != "6") {
            self.wrong_at(contact, "Location", "It has to be 6, the hotel's own contact.");
        }
        for phone in contact.every(&["Phones", "Phone"]) {
            self.required(phone, "PhoneNumber");
        }
        for element in contact.every(&["Emails", "Email"]).into_iter().chain(contact.every(&["URLs", "URL"])) {
            if element.text.is_empty() {
                self.wrong(element, "There is nothing in it.");
            }
        }
    }
}
