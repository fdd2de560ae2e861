//! The names that the shapes have beside the declared fields, so that a reader can be told which there are.

/// What every entry has.
pub const OF_EVERY: [&str; 8] =
    ["id", "type", "slug", "locale", "requested_locale", "fallback_fields", "version", "published_at"];
/// What a picture has.
pub const OF_A_PICTURE: [&str; 10] =
    ["id", "url", "file_url", "alt", "alt_text", "width", "height", "focal", "social_url", "renditions"];
/// What a code of a dictionary has, and what can be said of it.
pub const OF_A_CODE: [&str; 10] =
    ["code", "label", "group", "group_label", "icon", "status", "included", "proximity", "season", "note"];
/// What a section has, whatever its type declares.
pub const OF_A_SECTION: [&str; 12] = [
    "id",
    "type",
    "title",
    "subtitle",
    "description",
    "content",
    "currency",
    "image",
    "images",
    "cta",
    "items",
    "packages",
];

/// What entries have besides where a preview shows them.
pub const OF_A_PREVIEW: [&str; 2] = ["preview", "as_of"];

/// The kind that a name of [`OF_A_SECTION`] has, whatever the section; none for those that are no fields.
pub fn kind_in_sections(name: &str) -> Option<&'static str> {
    Some(match name {
        "title" | "subtitle" | "description" => "text",
        "content" => "rich_text",
        "currency" => "currency",
        "image" => "image",
        "images" | "items" | "packages" => "list",
        "cta" => "group",
        _ => return None,
    })
}

/// What an entry of a type has beside its declared fields and [`OF_EVERY`].
pub fn of_entry(content_type: &str) -> &'static [&'static str] {
    match content_type {
        "room" => &["featured_image_url", "order", "rates", "amenities", "images", "custom_fields"],
        "amenity" => &["order"],
        "page" => &["sections"],
        _ => &[],
    }
}

/// What stands for an entry where another refers to it.
pub fn of_reference(content_type: &str) -> &'static [&'static str] {
    match content_type {
        "amenity" => &["id", "name", "slug", "icon", "description", "order"],
        "room" => &[
            "id",
            "name",
            "slug",
            "short_description",
            "featured_image_url",
            "max_guests",
            "bed_type",
            "is_featured",
            "order",
        ],
        _ => &["id", "type", "slug", "name"],
    }
}

/// Whether a list shows this declared field of an entry where nobody asks for more.
pub fn is_in_lists(content_type: &str, field: &str) -> bool {
    match content_type {
        "page" => !["sections", "seo"].contains(&field),
        "room" => of_reference("room").contains(&field),
        _ => true,
    }
}
