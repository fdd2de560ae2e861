//! Sites keep their rules on both databases.

use ground::words::Slug;
use machinery::web::Explain;
use serde_json::json;

use super::{NewSite, SiteChange, SiteError, SiteStatus};
use crate::testing::{locale, on_both, room};

#[test]
fn a_site_takes_what_is_left_out_from_its_organization() {
    on_both(|world| {
        assert_eq!(world.site.slug.as_str(), "seeblick");
        assert_eq!(world.site.locales, [locale("en"), locale("de")]);
        assert_eq!(world.site.default_locale, locale("en"));
        assert_eq!(world.site.status, SiteStatus::Published);
        let second = world.write(|tx, scope, _, _| super::create(tx, scope, NewSite::named("Seeblick"))).unwrap();
        assert_eq!(second.slug.as_str(), "seeblick-2");
    });
}

#[test]
fn a_taken_slug_or_domain_is_named() {
    on_both(|world| {
        let wish = |slug: &str, domain: &str| NewSite {
            slug: Some(slug.parse::<Slug>().unwrap()),
            domain: Some(domain.parse().unwrap()),
            ..NewSite::named("Alpblick")
        };
        let (first, same_slug, same_domain) =
            (wish("alp", "a.example"), wish("alp", "b.example"), wish("berg", "a.example"));
        world.write(|tx, scope, _, _| super::create(tx, scope, first)).unwrap();
        let refused = world.write(|tx, scope, _, _| super::create(tx, scope, same_slug)).unwrap_err();
        assert!(matches!(refused, SiteError::SlugTaken), "{refused}");
        let refused = world.write(|tx, scope, _, _| super::create(tx, scope, same_domain)).unwrap_err();
        assert_eq!((refused.explain().status, refused.explain().code), (409, "domain_taken"));
    });
}

#[test]
fn a_strangers_site_is_not_found() {
    on_both(|world| {
        let (stranger, site) = (world.stranger.clone(), world.site.id);
        let found = world.db.read_blocking(|conn| super::find(conn, &stranger, site));
        assert!(matches!(found, Err(SiteError::NotFound)));
        let touched = world.db.write_blocking(move |tx| super::touch(tx, &stranger, site));
        assert!(matches!(touched, Err(SiteError::NotFound)));
    });
}

#[test]
fn a_language_in_which_something_is_published_stays() {
    on_both(|world| {
        let entry = world.create("room", room(&[("en", "Lake room"), ("de", "Seezimmer")])).unwrap();
        world.publish(&entry, None).unwrap();
        let update = |wish: SiteChange| world.write(move |tx, scope, site, _| super::update(tx, scope, site, wish));
        let only_english = SiteChange { locales: Some(vec![locale("en")]), ..SiteChange::default() };
        assert!(matches!(update(only_english), Err(SiteError::LocaleInUse(gone)) if gone == locale("de")));
        let german_first = SiteChange { default_locale: Some(locale("de")), ..SiteChange::default() };
        assert!(matches!(update(german_first), Err(SiteError::DefaultLocaleInUse)));
        let more = SiteChange { locales: Some(["en", "de", "fr"].map(locale).to_vec()), ..SiteChange::default() };
        assert_eq!(update(more).unwrap().locales.len(), 3);
    });
}

#[test]
fn every_visible_change_starts_a_version_and_a_site_on_line_is_not_deleted() {
    on_both(|world| {
        let before = world.version();
        let wish: SiteChange = serde_json::from_value(json!({ "domain": "lake.example" })).unwrap();
        let site = world.write(move |tx, scope, site, _| super::update(tx, scope, site, wish)).unwrap();
        assert_eq!(site.content_version, before + 1);
        let wish: SiteChange = serde_json::from_value(json!({ "domain": null })).unwrap();
        let site = world.write(move |tx, scope, site, _| super::update(tx, scope, site, wish)).unwrap();
        assert_eq!((site.domain, site.content_version), (None, before + 2));
        let refused = world.write(|tx, scope, site, _| super::delete(tx, scope, site));
        assert!(matches!(refused, Err(SiteError::StillPublished)));
        world.write(|tx, scope, site, _| super::unpublish(tx, scope, site)).unwrap();
        world.create("room", room(&[("en", "Lake room")])).unwrap();
        world.write(|tx, scope, site, _| super::delete(tx, scope, site)).unwrap();
        let left = world.read(super::list).unwrap();
        assert!(left.is_empty());
    });
}

#[test]
fn settings_keep_their_limits() {
    on_both(|world| {
        for (settings, is_right) in [
            (json!({ "primary_color": "#33605f", "claim": "By the lake" }), true),
            (json!({ "primary_color": "red" }), false),
            (json!({ "Primary": "x" }), false),
            (json!({ "claim": "x".repeat(2_001) }), false),
        ] {
            let wish: SiteChange = serde_json::from_value(json!({ "settings": settings })).unwrap();
            let result = world.write(move |tx, scope, site, _| super::update(tx, scope, site, wish));
            assert_eq!(result.is_ok(), is_right, "{settings}");
        }
    });
}
