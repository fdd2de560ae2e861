//! What the OpenAPI document says of the public shapes: the names and types that stay, beside whatever is declared.

use std::collections::HashMap;

use content::entries::changes::Op;
use machinery::web::Page;
use serde::Serialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::search::TypeCount;

/// What every entry can be asked for.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the document is made of it; the query itself is read by `asking`")]
pub struct EntryParameters {
    /// Language wished for; the next of its chain stands in.
    pub locale: Option<String>,
    /// What may stand in: `none`, `default` (what the site says), or languages with commas between them.
    pub fallback: Option<String>,
    /// Only these fields, with commas between them; `a.b` is a part of `a`. `id` and `type` are always there.
    pub fields: Option<String>,
    /// References to be replaced by what they lead to, with commas between them: `property`, `property.amenities`.
    pub expand: Option<String>,
}

/// What every list can be asked for.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the document is made of it; the query itself is read by `asking`")]
pub struct ListParameters {
    /// Language wished for; the next of its chain stands in.
    pub locale: Option<String>,
    /// What may stand in: `none`, `default` (what the site says), or languages with commas between them.
    pub fallback: Option<String>,
    /// Only these fields, with commas between them; `a.b` is a part of `a`. `id` and `type` are always there.
    pub fields: Option<String>,
    /// `details`: every entry with all of its fields. And references to be replaced by what they lead to, with commas between
    /// them: `property`, `property.amenities`.
    pub expand: Option<String>,
    /// Only entries of which this is true. FIELD is one of the type's; TEST is `eq`, `ne`, `in` (values with commas between
    /// them), `gt`, `gte`, `lt`, `lte`, `exists` (`true` or `false`) and, for fields of several values, `contains`.
    #[param(rename = "filter[FIELD][TEST]")]
    pub filter: Option<String>,
    /// One or two fields with a comma between them; `-` before one: the largest first.
    pub sort: Option<String>,
    /// Walks by cursor, so many entries at once, up to 100; 20 where only `cursor` is there.
    pub limit: Option<u32>,
    /// Where to go on: from `next` or `previous`.
    pub cursor: Option<String>,
    /// Page, from 1; not together with `limit` or `cursor`.
    pub page: Option<u32>,
    /// Entries of a page, up to 200; 50 where it says nothing.
    pub page_size: Option<u32>,
}

/// A list, or a part of it.
#[derive(Serialize, ToSchema)]
pub struct PublicList<T> {
    /// How many there are in all; none where a list that is walked by cursor has more than 10,000.
    #[schema(required = true)]
    pub count: Option<u64>,
    /// Whether `count` is left out for that reason; only in lists that are walked by cursor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count_capped: Option<bool>,
    /// Address of what comes next.
    #[schema(required = true)]
    pub next: Option<String>,
    /// Address of what comes before.
    #[schema(required = true)]
    pub previous: Option<String>,
    /// What stands in this part.
    pub results: Vec<T>,
}

impl<T> PublicList<T> {
    /// A page by its number.
    pub(super) fn of_page(page: Page<T>) -> Self {
        let Page { count, next, previous, results } = page;
        Self { count: Some(count), count_capped: None, next, previous, results }
    }
}

/// A published site.
#[derive(Serialize, ToSchema)]
pub struct PublicSite {
    /// Its id.
    #[schema(format = Uuid)]
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Its name in addresses.
    pub slug: String,
    /// The host under which guests find it.
    #[schema(required = true)]
    pub domain: Option<String>,
    /// Colours and texts of its own.
    pub settings: HashMap<String, String>,
    /// The language that stands in where another is missing.
    pub default_locale: String,
    /// The languages it is offered in.
    pub locales: Vec<String>,
    /// How it speaks each of them.
    pub languages: Vec<PublicLanguage>,
    /// Where its days begin.
    pub time_zone: String,
    /// The currency of its prices.
    pub currency: String,
}

/// A language of a site.
#[derive(Serialize, ToSchema)]
pub struct PublicLanguage {
    /// Its tag.
    pub locale: String,
    /// `ltr` or `rtl`.
    pub direction: String,
    /// What stands before its paths on the site.
    #[schema(required = true)]
    pub prefix: Option<String>,
    /// The host that is its alone.
    #[schema(required = true)]
    pub domain: Option<String>,
    /// The languages whose texts it shows, best first, beginning with itself.
    pub chain: Vec<String>,
}

/// A page in a list.
#[derive(Serialize, ToSchema)]
pub struct PublicPage {
    /// Its id.
    #[schema(format = Uuid)]
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its name in addresses.
    pub slug: String,
    /// Whether it is what guests see first.
    pub is_homepage: bool,
    /// Further declared fields.
    #[serde(flatten)]
    pub declared: HashMap<String, Value>,
}

/// A page with its sections.
#[derive(Serialize, ToSchema)]
pub struct PublicPageDetail {
    /// Its id.
    #[schema(format = Uuid)]
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its name in addresses.
    pub slug: String,
    /// Whether it is what guests see first.
    pub is_homepage: bool,
    /// What it is made of, from top to bottom.
    pub sections: Vec<PublicSection>,
    /// Further declared fields.
    #[serde(flatten)]
    pub declared: HashMap<String, Value>,
}

/// A part of a page. Every name is there, whatever the section's type declares.
#[derive(Serialize, ToSchema)]
pub struct PublicSection {
    /// Its id within the page.
    #[schema(required = true)]
    pub id: Option<String>,
    /// Its type, e.g. `hero`, `rooms_preview`.
    #[serde(rename = "type")]
    pub section_type: String,
    /// Heading.
    pub title: String,
    /// Line below the heading.
    pub subtitle: String,
    /// Plain text.
    pub description: String,
    /// Formatted text as safe HTML.
    pub content: String,
    /// Of its prices.
    pub currency: String,
    /// Its picture.
    #[schema(required = true)]
    pub image: Option<PublicImage>,
    /// Its pictures.
    pub images: Vec<PublicImage>,
    /// Its button.
    #[schema(required = true)]
    pub cta: Option<PublicCta>,
    /// Its parts.
    pub items: Vec<PublicItem>,
    /// Its packages.
    pub packages: Vec<PublicPackage>,
    /// Further declared fields.
    #[serde(flatten)]
    pub declared: HashMap<String, Value>,
}

/// A picture. `alt_text` repeats `alt` and `file_url` repeats `url`: both spellings are read by existing sites.
#[derive(Serialize, ToSchema)]
pub struct PublicImage {
    /// Tells it from others.
    pub id: String,
    /// Where it is.
    pub url: String,
    /// Where it is.
    pub file_url: String,
    /// What it shows.
    pub alt: String,
    /// What it shows.
    pub alt_text: String,
    /// Pixels from left to right; pictures of the media library only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Pixels from top to bottom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// The point that stays visible however it is cropped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub focal: Option<PublicFocal>,
    /// Its sizes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renditions: Option<Vec<PublicRendition>>,
    /// The card of 1200 × 630 pixels that networks show for a link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub social_url: Option<String>,
}

/// A point of a picture.
#[derive(Serialize, ToSchema)]
pub struct PublicFocal {
    /// From left (0) to right (1).
    pub x: f64,
    /// From top (0) to bottom (1).
    pub y: f64,
}

/// A size of a picture.
#[derive(Serialize, ToSchema)]
pub struct PublicRendition {
    /// Where it is.
    pub url: String,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// `avif`, `webp`, `jpeg` or `png`.
    pub format: String,
}

/// A button.
#[derive(Serialize, ToSchema)]
pub struct PublicCta {
    /// The words on it.
    pub text: String,
    /// Where it leads.
    pub url: String,
}

/// A part of a section.
#[derive(Serialize, ToSchema)]
pub struct PublicItem {
    /// Heading.
    pub title: String,
    /// Text.
    pub description: String,
    /// Picture.
    #[schema(required = true)]
    pub image: Option<PublicImage>,
    /// Further declared fields.
    #[serde(flatten)]
    pub declared: HashMap<String, Value>,
}

/// A package of a price table.
#[derive(Serialize, ToSchema)]
pub struct PublicPackage {
    /// Its name.
    pub name: String,
    /// For whom.
    #[schema(required = true)]
    pub guests: Option<String>,
    /// Decimal text.
    #[schema(required = true)]
    pub price: Option<String>,
    /// What is included.
    pub features: Vec<String>,
    /// Further declared fields.
    #[serde(flatten)]
    pub declared: HashMap<String, Value>,
}

/// A room in a list; with `expand=details` the fields of a single room stand here too.
#[derive(Serialize, ToSchema)]
pub struct PublicRoom {
    /// Its id.
    #[schema(format = Uuid)]
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its name in addresses.
    pub slug: String,
    /// One sentence.
    pub short_description: String,
    /// Its main picture.
    #[schema(required = true)]
    pub featured_image_url: Option<String>,
    /// How many may sleep in it.
    #[schema(required = true)]
    pub max_guests: Option<i64>,
    /// Its beds in words.
    pub bed_type: String,
    /// Whether it is shown among the first.
    pub is_featured: bool,
    /// Smaller ones come first.
    pub order: i64,
    /// Further declared fields.
    #[serde(flatten)]
    pub declared: HashMap<String, Value>,
}

/// A room with everything that is known of it.
#[derive(Serialize, ToSchema)]
pub struct PublicRoomDetail {
    /// Its id.
    #[schema(format = Uuid)]
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its name in addresses.
    pub slug: String,
    /// One sentence.
    pub short_description: String,
    /// Its main picture.
    #[schema(required = true)]
    pub featured_image_url: Option<String>,
    /// How many may sleep in it.
    #[schema(required = true)]
    pub max_guests: Option<i64>,
    /// Its beds in words.
    pub bed_type: String,
    /// Whether it is shown among the first.
    pub is_featured: bool,
    /// Smaller ones come first.
    pub order: i64,
    /// Safe HTML.
    pub description: String,
    /// Its pictures.
    pub images: Vec<PublicImage>,
    /// The hotel's own names and values.
    pub custom_fields: HashMap<String, String>,
    /// Prices by season.
    pub rates: Vec<PublicRate>,
    /// What it has.
    pub amenities: Vec<PublicAmenity>,
    /// Further declared fields.
    #[serde(flatten)]
    pub declared: HashMap<String, Value>,
}

/// Prices of a season, as decimal text.
#[derive(Serialize, ToSchema)]
pub struct PublicRate {
    /// Tells it from others.
    pub id: String,
    /// The season's name.
    pub season_name: String,
    /// First night.
    #[schema(required = true, format = Date)]
    pub start_date: Option<String>,
    /// Last night.
    #[schema(required = true, format = Date)]
    pub end_date: Option<String>,
    /// For one person.
    #[schema(required = true)]
    pub single_rate: Option<String>,
    /// For two people.
    #[schema(required = true)]
    pub double_rate: Option<String>,
    /// Of both.
    pub currency: String,
}

/// Something that a hotel or room has.
#[derive(Serialize, ToSchema)]
pub struct PublicAmenity {
    /// Its id.
    #[schema(format = Uuid)]
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its name in addresses.
    pub slug: String,
    /// Name of a drawing.
    pub icon: String,
    /// A sentence.
    pub description: String,
    /// Smaller ones come first.
    pub order: i64,
    /// Further declared fields.
    #[serde(flatten)]
    pub declared: HashMap<String, Value>,
}

/// An entry of any other type: its declared fields.
#[derive(Serialize, ToSchema)]
pub struct PublicEntry {
    /// Its id.
    #[schema(format = Uuid)]
    pub id: String,
    /// Its name in addresses.
    pub slug: String,
    /// The declared fields.
    #[serde(flatten)]
    pub declared: HashMap<String, Value>,
}

/// What was found on a site.
#[derive(Serialize, ToSchema)]
pub struct PublicFound {
    /// The page.
    #[serde(flatten)]
    pub page: Page<PublicHit>,
    /// How many there are of each type, whatever type was asked for; the most first.
    pub types: Vec<TypeCount>,
}

/// An entry that was found.
#[derive(Serialize, ToSchema)]
pub struct PublicHit {
    /// Its id.
    #[schema(format = Uuid)]
    pub id: String,
    /// Its type: the way to read it whole is `/sites/SITE/TYPE_PLURAL/SLUG/`.
    #[serde(rename = "type")]
    pub content_type: String,
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// The piece of its text in which the words stand, as HTML with `<mark>`.
    pub excerpt: String,
    /// The language of its texts: the one asked for, or the one that stands in for it.
    pub locale: String,
}

/// What happened on a site since a token.
#[derive(Serialize, ToSchema)]
pub struct PublicChanges {
    /// What happened, in order; each entry and language once, with what happened to it last.
    pub items: Vec<PublicChange>,
    /// What to ask with next time.
    pub next_token: String,
    /// Whether there is more already.
    pub has_more: bool,
}

/// What happened to an entry in one language.
#[derive(Serialize, ToSchema)]
pub struct PublicChange {
    /// `upsert`: read it anew. `delete`: forget it.
    #[schema(value_type = String)]
    pub op: Op,
    /// Its type: it is read under `/sites/SITE/TYPE_PLURAL/SLUG/`.
    #[serde(rename = "type")]
    pub content_type: String,
    /// Its id.
    #[schema(format = Uuid)]
    pub id: String,
    /// The language.
    pub locale: String,
    /// Its name in addresses, now or before it went; none while nobody may see it yet.
    #[schema(required = true)]
    pub slug: Option<String>,
    /// The revision that the language shows or showed.
    pub version: u32,
    /// When.
    #[schema(format = DateTime)]
    pub at: String,
}
