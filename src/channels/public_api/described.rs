//! What the OpenAPI document says of the public shapes and operations together: what every entry has beside its fields, what
//! `fields` may take out, and what a preview link adds.

use utoipa::{
    Modify,
    openapi::{
        KnownFormat, Object, OpenApi, Ref, RefOr, Required, Schema, SchemaFormat,
        path::{Operation, Parameter, ParameterIn},
        schema::{ArrayBuilder, ArrayItems, ObjectBuilder, SchemaType, Type},
    },
};

use super::previewing::TOKEN_HEADER;

/// The shapes of entries, each with what `fields` leaves of it.
const ENTRIES: [(&str, &[&str]); 6] = [
    ("PublicPage", &["id", "type"]),
    ("PublicPageDetail", &["id", "type"]),
    ("PublicRoom", &["id", "type"]),
    ("PublicRoomDetail", &["id", "type"]),
    // Stands within rooms too, where its type is clear.
    ("PublicAmenity", &["id"]),
    ("PublicEntry", &["id", "type"]),
];
/// What stands within entries, each with what `fields` leaves of it: `images.url` is a picture's address, and its id.
const WITHIN: [(&str, &[&str]); 6] = [
    ("PublicSection", &["id", "type"]),
    ("PublicImage", &["id"]),
    ("PublicRate", &["id"]),
    ("PublicItem", &[]),
    ("PublicPackage", &[]),
    ("PublicCta", &[]),
];
/// Other shapes that a preview link marks.
const MARKED: [&str; 2] = ["PublicMenu", "PublicSite"];
/// How the shapes of lists begin; the name of what is listed follows.
const LIST: &str = "PublicList_";
/// What is never a preview.
const PUBLISHED_ONLY: [&str; 1] = ["PublicRedirect"];
/// Addresses that refuse a preview link.
const REFUSING: [&str; 3] = ["/sites/{site}/search", "/sites/{site}/redirects", "/sites/{site}/changes"];
/// Addresses whose answer is the same on every day.
const UNDATED: [&str; 2] = ["/sites", "/sites/{site}"];

/// Completes the document.
pub(super) struct Described;

impl Modify for Described {
    fn modify(&self, document: &mut OpenApi) {
        if let Some(components) = &mut document.components {
            for (name, schema) in &mut components.schemas {
                describe(name, schema);
            }
        }
        for (path, item) in &mut document.paths.paths {
            if let Some(operation) = item.get.as_mut().filter(|_| !REFUSING.contains(&path.as_str())) {
                add_link(operation, !UNDATED.contains(&path.as_str()));
            }
        }
    }
}

fn describe(name: &str, schema: &mut RefOr<Schema>) {
    let RefOr::T(schema) = schema else { return };
    if name == "PublicResolved"
        && let Schema::OneOf(choice) = schema
    {
        for variant in &mut choice.items {
            if let RefOr::T(Schema::Object(variant)) = variant {
                mark(variant);
            }
        }
    }
    let Schema::Object(object) = schema else { return };
    if let Some(listed) = name.strip_prefix(LIST) {
        // Clients get one type for an entry wherever it stands.
        let items = Ref::from_schema_name(listed);
        let results = ArrayBuilder::new().items(ArrayItems::RefOrSchema(Box::new(items.into())));
        let results = results.description(Some("What stands in this part."));
        object.properties.insert("results".to_owned(), results.build().into());
        if !PUBLISHED_ONLY.contains(&listed) {
            mark(object);
        }
    } else if MARKED.contains(&name) {
        mark(object);
    } else if let Some((_, kept)) = ENTRIES.iter().find(|(entry, _)| *entry == name) {
        add_facts(object);
        mark(object);
        object.required = kept.iter().map(ToString::to_string).collect();
    } else if let Some((_, kept)) = WITHIN.iter().find(|(within, _)| *within == name) {
        object.required = kept.iter().map(ToString::to_string).collect();
    }
}

/// What every entry has beside its fields.
fn add_facts(object: &mut Object) {
    let languages = || ArrayBuilder::new().items(ArrayItems::RefOrSchema(Box::new(text("").into())));
    let facts: [(&str, RefOr<Schema>); 6] = [
        ("type", text("Its type.").into()),
        ("locale", text("The language in which it is shown.").into()),
        ("requested_locale", text("The language that was asked for.").into()),
        (
            "fallback_fields",
            languages().description(Some("The fields whose texts are not in the language asked for.")).build().into(),
        ),
        (
            "version",
            ObjectBuilder::new()
                .schema_type(Type::Integer)
                .description(Some("The revision that is shown."))
                .build()
                .into(),
        ),
        ("published_at", instant("When that was published; through a preview link, when it was saved.").into()),
    ];
    for (name, schema) in facts {
        object.properties.entry(name.to_owned()).or_insert(schema);
    }
}

/// What an answer through a preview link has beside the others.
fn mark(object: &mut Object) {
    let preview = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::Boolean))
        .description(Some("`true` in answers through a preview link; in others it is not there."));
    object.properties.insert("preview".to_owned(), preview.build().into());
    let as_of = instant("The instant as of which a preview link shows it; in other answers it is not there.");
    object.properties.insert("as_of".to_owned(), as_of.into());
}

fn text(description: &str) -> Object {
    let text = ObjectBuilder::new().schema_type(Type::String);
    if description.is_empty() { text.build() } else { text.description(Some(description)).build() }
}

fn instant(description: &str) -> Object {
    let format = SchemaFormat::KnownFormat(KnownFormat::DateTime);
    ObjectBuilder::new().schema_type(Type::String).format(Some(format)).description(Some(description)).build()
}

fn add_link(operation: &mut Operation, is_dated: bool) {
    let mut token = Parameter::new(TOKEN_HEADER);
    token.parameter_in = ParameterIn::Header;
    token.description = Some(
        "The token of a preview link without a password: the answer is what the link shows, marked with `preview`, and kept \
         by nobody (`no-store`)."
            .to_owned(),
    );
    let mut as_of = Parameter::new("as_of");
    as_of.parameter_in = ParameterIn::Query;
    as_of.description = Some(
        "With a preview link that has no date of its own: as of this instant (RFC 3339), or of this local time of the site."
            .to_owned(),
    );
    for mut parameter in [Some(token), is_dated.then_some(as_of)].into_iter().flatten() {
        parameter.required = Required::False;
        parameter.schema = Some(text("").into());
        operation.parameters.get_or_insert_default().push(RefOr::T(parameter));
    }
}
