//! The one story that tests share: a hotel group at a lake with a team, a site and published content, and a second
//! group in the mountains that must never see any of it.

use serde_json::{Value, json};

use super::{Client, Server, wait_until};

/// Long and unlike anything on a list of leaked passwords.
pub const PASSWORD: &str = "seven herons over the reeds";

/// Someone with an account.
#[derive(Clone, Debug)]
pub struct Person {
    pub email: String,
    /// Signed in through the admin API, acting in their organization.
    pub client: Client,
    pub refresh: String,
}

/// A hotel group with content.
#[derive(Clone, Debug)]
pub struct Group {
    pub organization_id: String,
    pub owner: Person,
    pub site_id: String,
    pub domain: String,
    pub room_id: String,
    pub amenity_id: String,
    pub api_key: String,
    pub api_key_id: String,
    /// Reads the public API with the key.
    pub reader: Client,
}

/// Everyone in it.
#[derive(Clone, Debug)]
pub struct Story {
    pub lake: Group,
    pub admin: Person,
    pub editor: Person,
    pub viewer: Person,
    pub alp: Group,
    pub operator: Person,
}

impl Story {
    /// Tells the story to a fresh server.
    pub fn tell(server: &Server) -> Self {
        let owner = set_up(server);
        let lake = furnish(server, owner, "lake-hotels", "seeblick.example");
        let admin = join(server, &lake, "admin@lake.example", "admin");
        let editor = join(server, &lake, "editor@lake.example", "editor");
        let viewer = join(server, &lake, "viewer@lake.example", "viewer");
        let alp = second_group(server);
        let operator = operator(server);
        Self { lake, admin, editor, viewer, alp, operator }
    }
}

/// The first run, over HTTP as the setup screen does it.
pub fn set_up(server: &Server) -> Person {
    let code =
        std::fs::read_to_string(server.data_dir().join("setup-code")).expect("the code is in the data directory");
    server
        .client()
        .post(
            "/api/v1/setup/",
            &json!({
                "code": code.trim(),
                "owner": {"email": "owner@lake.example", "name": "Ottilie Brunner", "password": PASSWORD},
                "organization": {"name": "Lake Hotels", "slug": "lake-hotels", "time_zone": "Europe/Zurich", "currency": "CHF",
                    "locales": ["en", "de"], "default_locale": "en"},
                "start": "empty",
            }),
        )
        .expect(201);
    sign_in(server, "owner@lake.example", None)
}

/// Signs in for the admin API.
pub fn sign_in(server: &Server, email: &str, organization_id: Option<&str>) -> Person {
    let answer =
        server.client().post("/api/v1/auth/login/", &json!({"email": email, "password": PASSWORD})).expect(200).json();
    let mut client = server.client().with("authorization", &format!("Bearer {}", answer["access"].as_str().unwrap()));
    if let Some(id) = organization_id {
        client = client.with("x-organization-id", id);
    }
    Person { email: email.to_owned(), client, refresh: answer["refresh"].as_str().unwrap().to_owned() }
}

/// Invites someone and accepts with the link's token.
pub fn join(server: &Server, group: &Group, email: &str, role: &str) -> Person {
    join_with(server, group, email, &json!({"email": email, "role": role}))
}

/// As [`join`], for these sites alone.
pub fn join_sites(server: &Server, group: &Group, email: &str, role: &str, sites: &[&str]) -> Person {
    join_with(server, group, email, &json!({"email": email, "role": role, "sites": sites}))
}

fn join_with(server: &Server, group: &Group, email: &str, wish: &Value) -> Person {
    let invitation = group.owner.client.post("/api/v1/invitations/", wish).expect(201).json();
    accept(server, invitation["link"].as_str().unwrap(), email);
    sign_in(server, email, Some(&group.organization_id))
}

fn accept(server: &Server, link: &str, name: &str) {
    let token = link.split_once("#token=").expect("the token is in the fragment").1;
    let answer = server
        .client()
        .post("/api/v1/invitations/accept/", &json!({"token": token, "name": name, "password": PASSWORD}));
    assert!(answer.status < 300, "{}", answer.text());
}

fn second_group(server: &Server) -> Group {
    let made = server.run_ok(&[
        "organization",
        "create",
        "--name",
        "Alp Hotels",
        "--slug",
        "alp-hotels",
        "--locales",
        "en,de",
        "--owner",
        "owner@alp.example",
        "--json",
    ]);
    let made: Value = serde_json::from_str(&made).unwrap();
    accept(server, made["invitation_link"].as_str().unwrap(), "Aline Gasser");
    let owner = sign_in(server, "owner@alp.example", None);
    furnish(server, owner, "alp-hotels", "alpenrose.example")
}

fn operator(server: &Server) -> Person {
    let file = server.folder().join("operator-password");
    std::fs::write(&file, PASSWORD).unwrap();
    server.run_ok(&[
        "createsuperuser",
        "--email",
        "operator@platform.example",
        "--password-file",
        file.to_str().unwrap(),
    ]);
    sign_in(server, "operator@platform.example", None)
}

/// A server with one group whose website is open, and a guest of it.
pub fn website() -> (Server, Group, Client) {
    let server = Server::start_new();
    let owner = set_up(&server);
    let group = furnish(&server, owner, "lake-hotels", "seeblick.example");
    let guest = server.client().with("host", &group.domain);
    wait_until("the site's first page", || (guest.get("/").status == 200).then_some(()));
    (server, group, guest)
}

/// Gives a group a published site with one entry of each type, and a key.
pub fn furnish(server: &Server, owner: Person, slug: &str, domain: &str) -> Group {
    let me = owner.client.get("/api/v1/auth/me/").expect(200).json();
    let organization_id = me["memberships"][0]["organization"]["id"].as_str().unwrap().to_owned();
    let owner = Person { client: owner.client.with("x-organization-id", &organization_id), ..owner };
    let client = &owner.client;
    let site = client
        .post(
            "/api/v1/sites/",
            &json!({"name": format!("Site of {slug}"), "slug": "main", "domain": domain, "locales": ["en", "de"], "default_locale": "en",
                "time_zone": "Europe/Zurich", "currency": "CHF", "settings": {"primary_color": "#14532d", "secondary_color": "#fef3c7"}}),
        )
        .expect(201)
        .json();
    let site_id = site["id"].as_str().unwrap().to_owned();
    client.post(&format!("/api/v1/sites/{site_id}/publish/"), &json!({})).expect(200);
    let amenity =
        publish(client, &site_id, "amenity", &json!({"name": {"en": "Sauna", "de": "Sauna"}, "icon": "sauna"}));
    let room = publish(client, &site_id, "room", &room(&format!("Canary {slug}"), &amenity));
    publish(
        client,
        &site_id,
        "page",
        &json!({"title": {"en": "Home", "de": "Start"}, "is_homepage": true, "sections": [
            {"id": "s1", "type": "hero", "title": {"en": format!("Canary {slug}"), "de": format!("Kanarie {slug}")}},
        ]}),
    );
    publish(
        client,
        &site_id,
        "property",
        &json!({"name": {"en": format!("Hotel {slug}"), "de": format!("Hotel {slug}")}}),
    );
    let key = client.post("/api/v1/api-keys/", &json!({"name": "Website"})).expect(201).json();
    let api_key = key["key"].as_str().unwrap().to_owned();
    let reader = server.client().with("x-api-key", &api_key).with("x-organization-id", &organization_id);
    Group {
        api_key_id: key["id"].as_str().unwrap().to_owned(),
        organization_id,
        site_id,
        domain: domain.to_owned(),
        room_id: room,
        amenity_id: amenity,
        api_key,
        reader,
        owner,
    }
}

/// A complete room.
pub fn room(name: &str, amenity: &str) -> Value {
    json!({
        "name": {"en": name, "de": format!("{name} (de)")},
        "short_description": {"en": "Two windows on the lake", "de": "Zwei Fenster zum See"},
        "description": {"en": "Oak floor, a desk by the window.", "de": "Eichenboden, ein Tisch am Fenster."},
        "max_guests": 2,
        "bed_type": {"en": "Double bed", "de": "Doppelbett"},
        "is_featured": true,
        "custom_fields": {"floor": "2"},
        "amenities": [amenity],
        "rates": [{"season_name": {"en": "Summer", "de": "Sommer"}, "start_date": "2027-06-01", "end_date": "2027-08-31",
            "single_rate": "140", "double_rate": "180.50", "currency": "CHF"}],
    })
}

/// Makes and publishes an entry in every language of the site; answers its id.
pub fn publish(client: &Client, site_id: &str, kind: &str, document: &Value) -> String {
    let answer = client
        .post(
            &format!("/api/v1/sites/{site_id}/entries/"),
            &json!({"type": kind, "document": document, "publish": true}),
        )
        .expect(201)
        .json();
    answer["id"].as_str().unwrap().to_owned()
}
