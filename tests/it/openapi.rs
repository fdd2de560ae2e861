//! The document is what clients are generated from: real answers must be what it says.

use serde_json::{Value, json};

use super::support::{Client, PASSWORD, Server, Story};

/// What is wrong with a value by a schema of the document, each with its place.
struct Checker<'a> {
    document: &'a Value,
    problems: Vec<String>,
}

impl Checker<'_> {
    fn check(&mut self, schema: &Value, value: &Value, place: &str) {
        self.check_part(schema, value, place);
        // A field that the document does not know is one that generated clients cannot read.
        let (Some(object), Some(known)) = (value.as_object(), self.names(schema)) else { return };
        for name in object.keys().filter(|name| !known.contains(name)) {
            self.problems.push(format!("{place}: {name} is not in the document"));
        }
    }

    fn resolved(&self, schema: &Value) -> Value {
        let Some(reference) = schema["$ref"].as_str() else { return schema.clone() };
        let target = self.document.pointer(reference.trim_start_matches('#'));
        self.resolved(target.unwrap_or_else(|| panic!("{reference} leads nowhere")))
    }

    /// The names that an object of this schema may have; none where it may have any.
    fn names(&self, schema: &Value) -> Option<Vec<String>> {
        let schema = self.resolved(schema);
        if schema.get("oneOf").is_some()
            || schema.get("anyOf").is_some()
            || schema.get("additionalProperties").is_some()
        {
            return None;
        }
        let mut names = Vec::new();
        let mut is_closed = schema.get("properties").is_some();
        names.extend(schema["properties"].as_object().into_iter().flat_map(|properties| properties.keys().cloned()));
        for part in schema["allOf"].as_array().into_iter().flatten() {
            names.extend(self.names(part)?);
            is_closed = true;
        }
        is_closed.then_some(names)
    }

    fn check_part(&mut self, schema: &Value, value: &Value, place: &str) {
        let schema = &self.resolved(schema);
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.check_part(part, value, place);
        }
        for choice in ["oneOf", "anyOf"] {
            let Some(parts) = schema[choice].as_array() else { continue };
            let fits = parts.iter().any(|part| {
                let mut inner = Checker { document: self.document, problems: Vec::new() };
                inner.check_part(part, value, place);
                inner.problems.is_empty()
            });
            if !fits {
                self.problems.push(format!("{place}: {value} fits none of {choice}"));
            }
        }
        let types: Vec<&str> = match &schema["type"] {
            Value::String(name) => vec![name],
            Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
            _ => vec![],
        };
        if !types.is_empty() && !types.iter().any(|name| is_of_type(value, name)) {
            self.problems.push(format!("{place}: is {value}, not {types:?}"));
            return;
        }
        if let Some(values) = schema["enum"].as_array()
            && !values.contains(value)
        {
            self.problems.push(format!("{place}: {value} is not among {values:?}"));
        }
        if let Some(object) = value.as_object() {
            self.check_object(schema, object, place);
        }
        if let (Some(items), Some(list)) = (schema.get("items"), value.as_array()) {
            for (index, item) in list.iter().enumerate() {
                self.check(items, item, &format!("{place}/{index}"));
            }
        }
    }

    fn check_object(&mut self, schema: &Value, object: &serde_json::Map<String, Value>, place: &str) {
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !object.contains_key(name) {
                self.problems.push(format!("{place}: {name} is missing"));
            }
        }
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            if let Some(inner) = object.get(name) {
                self.check(property, inner, &format!("{place}/{name}"));
            }
        }
    }
}

fn is_of_type(value: &Value, name: &str) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("the document has a type {other:?}"),
    }
}

/// The schema of an operation's answer with this status.
fn answer_schema<'a>(document: &'a Value, path: &str, method: &str, status: u16) -> Option<&'a Value> {
    let response = &document["paths"][path][method]["responses"][status.to_string()];
    let response = match response["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#'))?,
        None => response,
    };
    let content = response["content"].as_object()?;
    Some(&content.values().next()?["schema"])
}

#[track_caller]
fn assert_fits(document: &Value, path: &str, method: &str, status: u16, body: &Value) {
    let schema = answer_schema(document, path, method, status);
    let schema = schema.unwrap_or_else(|| panic!("{method} {path}: the document has no body for {status}"));
    let mut checker = Checker { document, problems: Vec::new() };
    checker.check(schema, body, "");
    assert!(checker.problems.is_empty(), "{method} {path} {status}:\n{}\n{body:#}", checker.problems.join("\n"));
}

/// The query without which an operation is refused.
fn required_query(item: &Value) -> String {
    let parameters = item["get"]["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
    let required = parameters.iter().filter(|one| one["in"] == "query" && one["required"] == true);
    let values = required.map(|one| match one["name"].as_str().unwrap() {
        "q" => "q=canary",
        "from" => "from=1",
        "path" => "path=/",
        "target" => "target=de",
        "to" => "to=1",
        "type" => "type=room",
        other => panic!("what is a right value of {other}?"),
    });
    let query = values.collect::<Vec<_>>().join("&");
    if query.is_empty() { query } else { format!("?{query}") }
}

#[test]
fn every_read_answers_what_the_document_says() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let document = server.client().get("/api/v1/openapi.json").expect(200).json();
    assert_eq!(document["openapi"].as_str().unwrap().split('.').next(), Some("3"));
    let mut tried = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        if item.get("get").is_none() {
            continue;
        }
        let Some(filled) = filled(path, &story) else { continue };
        let client: &Client = match path {
            path if path.starts_with("/api/public/") => &story.lake.reader,
            path if path.starts_with("/api/v1/admin/") => &story.operator.client,
            _ => &story.lake.owner.client,
        };
        let answer = client.get(&format!("{filled}{}", required_query(item)));
        assert_eq!(answer.status, 200, "GET {filled}: {}", answer.text());
        if answer.header("content-type").is_some_and(|kind| kind.starts_with("application/json")) {
            assert_fits(&document, path, "get", 200, &answer.json());
            tried += 1;
        }
    }
    assert!(tried > 30, "only {tried} reads are in the document");
}

/// A path with the lake group's own ids; none where the story has no such thing.
fn filled(path: &str, story: &Story) -> Option<String> {
    let lake = &story.lake;
    if path.starts_with("/api/public/") {
        let slug = if path.contains("/pages/") { "home" } else { "canary-lake-hotels" };
        let slug = if path.contains("/amenities/") { "sauna" } else { slug };
        let slug = if path.contains("{collection}") { "hotel-lake-hotels" } else { slug };
        let path =
            path.replace("{site}", &lake.domain).replace("{collection}", "properties").replace("{key}", "primary");
        return Some(path.replace("{slug}", slug));
    }
    let path = path
        .replace("{site}", &lake.site_id)
        .replace("{entry}", &lake.room_id)
        .replace("{type_name}", "property")
        .replace("{number}", "1")
        .replace("{revision}", "1");
    let path = if path.contains("/api-keys/{id}") { path.replace("{id}", &lake.api_key_id) } else { path };
    let path = if path.contains("/sites/{id}") { path.replace("{id}", &lake.site_id) } else { path };
    // A copy is asked about once there is one: the story has none.
    (!path.contains('{') && !path.ends_with("/copy/")).then_some(path)
}

#[test]
fn what_is_left_of_an_answer_and_a_preview_are_in_the_document_too() {
    let server = Server::options().env("GAMMACMS_RATE_LIMIT_PER_MINUTE", "100000").start();
    let story = Story::tell(&server);
    let document = server.client().get("/api/v1/openapi.json").expect(200).json();
    let lake = &story.lake;
    let links = format!("/api/v1/sites/{}/preview-links/", lake.site_id);
    let link = lake.owner.client.post(&links, &json!({})).expect(201).json();
    let holder = lake.reader.with("x-preview-token", link["token"].as_str().unwrap());
    let public = "/api/public/v1/sites/{site}/";
    let at = |template: &str| {
        let path = format!("{public}{template}").replace("{site}", &lake.domain).replace("{collection}", "properties");
        path.replace("{key}", "primary")
    };
    for (template, slug, fields) in [
        ("rooms/", "", "id"),
        ("rooms/{slug}/", "canary-lake-hotels", "images.url,rates.currency,amenities.name"),
        ("pages/", "", "slug"),
        ("pages/{slug}/", "home", "sections.title"),
        ("amenities/", "", "name"),
        ("{collection}/", "", "id"),
        ("property/", "", "name"),
    ] {
        let path = format!("{}?fields={fields}", at(template).replace("{slug}", slug));
        let pruned = lake.reader.get(&path).expect(200).json();
        assert_fits(&document, &format!("{public}{template}"), "get", 200, &pruned);
    }
    for (template, query) in
        [("", ""), ("rooms/", ""), ("menus/", ""), ("menus/{key}/", ""), ("property/", ""), ("resolve/", "?path=/")]
    {
        let seen = holder.get(&format!("{}{query}", at(template))).expect(200).json();
        assert_eq!(seen["preview"], true, "{template}");
        assert_fits(&document, &format!("{public}{template}"), "get", 200, &seen);
        let parameters = document["paths"][format!("{public}{template}")]["get"]["parameters"].to_string();
        assert!(parameters.contains("X-Preview-Token"), "{template}: {parameters}");
    }
    let search = &document["paths"][format!("{public}search/")]["get"];
    assert!(!search["parameters"].to_string().contains("X-Preview-Token"));
    assert_eq!(search["responses"]["503"]["$ref"], "#/components/responses/Unavailable");
    let room = &document["components"]["schemas"]["PublicRoom"];
    assert_eq!(
        (&room["required"], &room["properties"]["preview"]["type"]),
        (&json!(["id", "type"]), &json!("boolean"))
    );
    let listed = &document["components"]["schemas"]["PublicList_PublicRoom"]["properties"];
    assert_eq!(listed["results"]["items"]["$ref"], "#/components/schemas/PublicRoom");
}

#[test]
fn a_file_is_of_a_kind_that_the_document_names() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let document = server.client().get("/api/v1/openapi.json").expect(200).json();
    for (template, query, kind) in [
        ("entries-file/", "type=room", "text/csv"),
        ("entries-file/", "type=room&format=json", "application/json"),
        ("translations/file/", "target=de", "application/xliff+xml"),
        ("translations/file/", "target=de&format=csv", "text/csv"),
    ] {
        let path = format!("/api/v1/sites/{}/{template}?{query}", story.lake.site_id);
        let answer = story.lake.owner.client.get(&path).expect(200);
        assert_eq!(answer.header("content-type").unwrap().split(';').next(), Some(kind), "{path}");
        let content = &document["paths"][format!("/api/v1/sites/{{site}}/{template}")]["get"]["responses"]["200"];
        assert!(content["content"][kind]["schema"].is_object(), "{template} {kind}: {content}");
    }
}

#[test]
fn a_value_of_any_kind_has_no_kind_in_the_document() {
    let server = Server::start_new();
    let document = server.client().get("/api/v1/openapi.json").expect(200).json();
    for (name, fields) in [
        ("FieldChange", ["before", "after"]),
        ("BrandStanding", ["brand", "own"]),
        ("BrandDrift", ["brand", "own"]),
        ("ValueChange", ["from", "to"]),
    ] {
        let properties = &document["components"]["schemas"][name]["properties"];
        for field in fields {
            assert!(properties[field].is_object() && properties[field].get("type").is_none(), "{name}.{field}");
        }
    }
}

#[test]
fn a_list_is_no_object_and_nobody_hears_of_our_types() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let owner = &story.lake.owner.client;
    let entries = format!("/api/v1/sites/{}/entries/", story.lake.site_id);
    for (method, path, body) in [
        ("POST", entries.as_str(), json!(["room", null, {"name": {"en": "x"}}, true])),
        ("PATCH", "/api/v1/organizations/current/", json!(["Other name"])),
        ("POST", "/api/v1/exports/", json!([])),
        ("POST", "/api/v1/api-keys/", json!("App")),
    ] {
        let refused = owner.send(method, path, Some(body.to_string().as_bytes())).expect(400);
        assert_eq!(
            (refused.code().as_str(), &refused.json()["detail"]),
            ("invalid_body", &json!("Send a JSON object."))
        );
    }
    let publish = format!("{entries}{}/publish/", story.lake.room_id);
    let refused = owner.post(&publish, &json!({"revision": "one"})).expect(400).json();
    assert_eq!(refused["errors"][0]["pointer"], "/revision");
    assert_eq!(refused["errors"][0]["detail"], "Send a whole number from 0 to 4294967295, not the text \"one\".");
}

#[test]
fn every_change_answers_what_the_document_says() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let document = server.client().get("/api/v1/openapi.json").expect(200).json();
    let owner = &story.lake.owner.client;
    let fits = |client: &Client, method: &str, template: &str, path: &str, body: &Value, status: u16| {
        let answer = client.send(method, path, Some(body.to_string().as_bytes()));
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.text());
        assert_fits(&document, template, &method.to_lowercase(), status, &answer.json());
        answer.json()
    };
    let login = json!({"email": "owner@lake.example", "password": PASSWORD});
    fits(&server.client(), "POST", "/api/v1/auth/login/", "/api/v1/auth/login/", &login, 200);
    let site = json!({"name": "Second", "slug": "second", "locales": ["en"], "default_locale": "en", "time_zone": "UTC", "currency": "CHF"});
    fits(owner, "POST", "/api/v1/sites/", "/api/v1/sites/", &site, 201);
    let entries = format!("/api/v1/sites/{}/entries/", story.lake.site_id);
    let amenity = json!({"type": "amenity", "document": {"name": {"en": "Boats", "de": "Boote"}}});
    let entry = fits(owner, "POST", "/api/v1/sites/{site}/entries/", &entries, &amenity, 201);
    let one = format!("{entries}{}/", entry["id"].as_str().unwrap());
    let saved =
        json!({"revision": entry["revision"], "document": {"name": {"en": "Rowing boats", "de": "Ruderboote"}}});
    let saved = fits(owner, "PUT", "/api/v1/sites/{site}/entries/{id}/", &one, &saved, 200);
    let publish = json!({"revision": saved["revision"]});
    fits(owner, "POST", "/api/v1/sites/{site}/entries/{id}/publish/", &format!("{one}publish/"), &publish, 200);
    fits(owner, "POST", "/api/v1/sites/{site}/entries/{id}/unpublish/", &format!("{one}unpublish/"), &json!({}), 200);
    fits(owner, "POST", "/api/v1/api-keys/", "/api/v1/api-keys/", &json!({"name": "App"}), 201);
    let invitation = json!({"email": "someone@lake.example", "role": "viewer"});
    fits(owner, "POST", "/api/v1/invitations/", "/api/v1/invitations/", &invitation, 201);
    fits(
        owner,
        "PATCH",
        "/api/v1/organizations/current/",
        "/api/v1/organizations/current/",
        &json!({"name": "Sea Hotels"}),
        200,
    );
    // A stale revision, a missing field, an unknown one: problems are documented too.
    let stale = owner.put(&one, &json!({"revision": 1, "document": {"name": {"en": "Late"}}})).expect(409);
    assert_fits(&document, "/api/v1/sites/{site}/entries/{id}/", "put", 409, &stale.json());
    for body in [
        json!({"type": "room", "document": {"colour": "red"}}),
        json!({"type": "castle", "document": {}}),
        json!({"type": "room", "document": {"name": "plain"}}),
    ] {
        let refused = owner.post(&entries, &body);
        assert!(refused.status == 422 || refused.status == 400, "{}", refused.text());
        assert_fits(&document, "/api/v1/sites/{site}/entries/", "post", refused.status, &refused.json());
        assert!(!refused.json()["errors"].as_array().unwrap().is_empty(), "{}", refused.text());
    }
}

#[test]
fn the_document_and_its_browser_are_served_and_printed() {
    let server = Server::start_new();
    let served = server.client().get("/api/v1/openapi.json").expect(200);
    let printed: Value = serde_json::from_str(&server.run_ok(&["openapi"])).unwrap();
    assert_eq!(served.json(), printed);
    let browser = server.client().get("/api/v1/schema/").expect(200);
    assert!(browser.header("content-type").unwrap().starts_with("text/html"));
}
