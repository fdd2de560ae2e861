//! What people rely on when they sign in, forget, lose and leave.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::support::{Answer, Client, PASSWORD, Person, Server, Story, join, mail_to, set_up, sign_in, wait_until};

const OTHER_PASSWORD: &str = "nine oars beside the boathouse";

fn login(client: &Client, email: &str, password: &str) -> Answer {
    client.post("/api/v1/auth/login/", &json!({"email": email, "password": password}))
}

fn token_in(mail: &str) -> String {
    let rest = mail.split_once("#token=").expect("the mail has a link").1;
    rest.chars().take_while(|letter| letter.is_ascii_alphanumeric() || "-_".contains(*letter)).collect()
}

#[test]
fn a_browser_gets_a_cookie_that_changes_nothing_without_its_page() {
    let server = Server::start_new();
    set_up(&server);
    let anonymous = server.client();
    let origin = anonymous.base().to_owned();
    let browser = anonymous.with("x-session", "cookie").with("origin", &origin);
    let answer = login(&browser, "owner@lake.example", PASSWORD).expect(200);
    let cookie = answer.header("set-cookie").unwrap().to_owned();
    for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let body = answer.json();
    assert!(body.get("access").is_none() && body.get("refresh").is_none(), "a browser's script gets no tokens: {body}");
    let csrf = body["csrf_token"].as_str().unwrap().to_owned();
    let signed_in = anonymous.with("cookie", cookie.split(';').next().unwrap());
    signed_in.get("/api/v1/auth/me/").expect(200);
    let change = json!({"name": "Lake & Mountain Hotels"});
    let current = "/api/v1/organizations/current/";
    assert_eq!(signed_in.patch(current, &change).status, 403, "a change without proof of the page");
    let foreign = signed_in.with("origin", "https://evil.example").with("x-csrf-token", &csrf);
    assert_eq!(foreign.patch(current, &change).status, 403, "a change from a stranger's page");
    let forged = signed_in.with("origin", &origin).with("x-csrf-token", "AAAA");
    assert_eq!(forged.patch(current, &change).status, 403, "a change with another session's token");
    let own = signed_in.with("origin", &origin).with("x-csrf-token", &csrf);
    assert_eq!(own.patch(current, &change).expect(200).json()["name"], change["name"]);
    own.send("POST", "/api/v1/auth/logout/", None).expect(204);
    assert_eq!(signed_in.get("/api/v1/auth/me/").status, 401);
}

#[test]
fn a_refresh_token_is_good_once_and_a_stolen_one_ends_the_session() {
    let server = Server::start_new();
    let owner = set_up(&server);
    let client = server.client();
    let refresh = |token: &str| client.post("/api/v1/auth/refresh/", &json!({"refresh": token}));
    let second = refresh(&owner.refresh).expect(200).json();
    let again = client.with("authorization", &format!("Bearer {}", second["access"].as_str().unwrap()));
    again.get("/api/v1/auth/me/").expect(200);
    assert_eq!(refresh(&owner.refresh).status, 401);
    assert_eq!(refresh(second["refresh"].as_str().unwrap()).status, 401, "the session has ended for both");
    assert_eq!(again.get("/api/v1/auth/me/").status, 401);
}

#[test]
fn an_access_token_ends_by_itself_and_a_forged_one_never_begins() {
    let server = Server::start_new();
    let owner = set_up(&server);
    let tampered = server.client().with("authorization", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.");
    assert_eq!(tampered.get("/api/v1/auth/me/").status, 401);
    server.set_clock_offset(16 * 60);
    assert_eq!(owner.client.get("/api/v1/auth/me/").status, 401);
    let renewed = server.client().post("/api/v1/auth/refresh/", &json!({"refresh": owner.refresh})).expect(200).json();
    let client = server.client().with("authorization", &format!("Bearer {}", renewed["access"].as_str().unwrap()));
    client.get("/api/v1/auth/me/").expect(200);
}

#[test]
fn known_and_unknown_addresses_get_the_same_answers_in_the_same_time() {
    let server = Server::start_new();
    set_up(&server);
    let client = server.client();
    let ask = |email: &str| {
        let started = Instant::now();
        let answer = login(&client, email, "a password that is wrong");
        let mut body = answer.json();
        body.as_object_mut().unwrap().remove("instance");
        (answer.status, body, started.elapsed())
    };
    let (mut known, mut unknown) = (Duration::ZERO, Duration::ZERO);
    for number in 0..4 {
        let (status, body, took) = ask("owner@lake.example");
        let (other_status, other_body, other_took) = ask(&format!("nobody-{number}@lake.example"));
        assert_eq!((status, &body), (other_status, &other_body));
        assert_eq!(status, 401);
        known += took;
        unknown += other_took;
    }
    let ratio = known.as_secs_f64() / unknown.as_secs_f64();
    assert!((0.4..2.5).contains(&ratio), "{known:?} for a known address, {unknown:?} for unknown ones");
    for email in ["owner@lake.example", "nobody@lake.example"] {
        let answer = client.post("/api/v1/auth/password/reset/", &json!({"email": email}));
        assert_eq!((answer.status, answer.text()), (202, String::new()), "{email}");
    }
}

#[test]
fn guessing_is_throttled_on_every_path() {
    let server = Server::start_new();
    set_up(&server);
    let client = server.client();
    let token = "A".repeat(43);
    let cases: [(&str, Value); 6] = [
        ("/api/v1/auth/login/", json!({"email": "owner@lake.example", "password": "wrong again and again"})),
        ("/api/v1/auth/refresh/", json!({"refresh": token})),
        ("/api/v1/auth/password/reset/", json!({"email": "owner@lake.example"})),
        ("/api/v1/auth/password/reset/confirm/", json!({"token": token, "password": OTHER_PASSWORD})),
        ("/api/v1/invitations/accept/", json!({"token": token})),
        ("/api/v1/invitations/preview/", json!({"token": token})),
    ];
    for (path, body) in cases {
        let refused = (0..60).map(|_| client.post(path, &body)).find(|answer| answer.status == 429);
        let refused = refused.unwrap_or_else(|| panic!("{path} can be tried without end"));
        assert!(refused.header("retry-after").unwrap().parse::<u64>().unwrap() > 0, "{path}");
    }
}

#[test]
fn a_forgotten_password_is_replaced_by_a_mailed_link_of_the_configured_address() {
    let server =
        Server::options().env("GAMMACMS_PUBLIC_URL", "https://cms.lake.example").env("ALLOWED_HOSTS", "*").start();
    let owner = set_up(&server);
    // The link must not follow what the request calls us.
    let stranger = server.client().with("host", "evil.example");
    stranger.post("/api/v1/auth/password/reset/", &json!({"email": owner.email})).expect(202);
    let mail = mail_to(&server, &owner.email, "/reset#token=");
    assert!(
        mail.contains("https://cms.lake.example/dashboard/reset#token=") && !mail.contains("evil.example"),
        "{mail}"
    );
    let token = token_in(&mail);
    let confirm = |password: &str| {
        let body = json!({"token": token, "password": password});
        server.client().post("/api/v1/auth/password/reset/confirm/", &body)
    };
    let weak = confirm("password1234");
    assert!(weak.status == 400 || weak.status == 422, "{}", weak.text());
    confirm(OTHER_PASSWORD).expect(204);
    assert_ne!(confirm(OTHER_PASSWORD).status, 204, "a link is good once");
    assert_eq!(owner.client.get("/api/v1/auth/me/").status, 401, "old sessions have ended");
    assert_eq!(login(&server.client(), &owner.email, PASSWORD).status, 401);
    login(&server.client(), &owner.email, OTHER_PASSWORD).expect(200);
    mail_to(&server, &owner.email, "changed");
}

#[test]
fn a_reset_link_ends_after_an_hour() {
    let server = Server::start_new();
    let owner = set_up(&server);
    server.client().post("/api/v1/auth/password/reset/", &json!({"email": owner.email})).expect(202);
    let token = token_in(&mail_to(&server, &owner.email, "/reset#token="));
    server.set_clock_offset(61 * 60);
    let late = server
        .client()
        .post("/api/v1/auth/password/reset/confirm/", &json!({"token": token, "password": OTHER_PASSWORD}));
    assert!(late.status >= 400 && late.status < 500, "{}", late.status);
    login(&server.client(), &owner.email, PASSWORD).expect(200);
}

#[test]
fn an_address_is_verified_by_a_mailed_link() {
    let server = Server::start_new();
    let owner = set_up(&server);
    let me =
        |person: &Person| person.client.get("/api/v1/auth/me/").expect(200).json()["user"]["is_email_verified"].clone();
    assert_eq!(me(&owner), false);
    owner.client.send("POST", "/api/v1/auth/email/verification/", None).expect(202);
    let token = token_in(&mail_to(&server, &owner.email, "/verify#token="));
    server.client().post("/api/v1/auth/email/verify/", &json!({"token": token})).expect(204);
    assert_eq!(me(&owner), true);
}

fn totp(secret: &str, at: u64) -> String {
    let bytes = totp_rs::Secret::Encoded(secret.to_owned()).to_bytes().unwrap();
    totp_rs::TOTP::new_unchecked(totp_rs::Algorithm::SHA1, 6, 1, 30, bytes, None, String::new()).generate(at)
}

fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}

#[test]
fn a_second_factor_is_asked_for_and_a_recovery_code_saves_the_day_once() {
    let server = Server::start_new();
    let owner = set_up(&server);
    let begun = owner.client.send("POST", "/api/v1/auth/two-factor/", None).expect(200).json();
    let secret = begun["secret"].as_str().unwrap().to_owned();
    assert!(begun["otpauth_url"].as_str().unwrap().starts_with("otpauth://totp/"));
    let wrong = owner.client.post("/api/v1/auth/two-factor/confirm/", &json!({"code": "000000"}));
    assert!(wrong.status >= 400 && wrong.status < 500);
    login(&server.client(), &owner.email, PASSWORD).expect(200);
    let at = now();
    let confirmed =
        owner.client.post("/api/v1/auth/two-factor/confirm/", &json!({"code": totp(&secret, at)})).expect(200).json();
    let recovery = confirmed["recovery_codes"].as_array().unwrap().clone();
    assert!(recovery.len() >= 8);
    let client = server.client();
    let asked = login(&client, &owner.email, PASSWORD);
    assert_eq!((asked.status, asked.code()), (401, "two_factor_required".to_owned()));
    let with = |code: &str| {
        client.post("/api/v1/auth/login/", &json!({"email": owner.email, "password": PASSWORD, "code": code}))
    };
    assert_eq!(with(&totp(&secret, at)).status, 401, "a code is good once");
    server.set_clock_offset(60);
    with(&totp(&secret, at + 60)).expect(200);
    let rescue = recovery[0].as_str().unwrap();
    let signed_in = with(rescue).expect(200).json();
    assert_eq!(with(rescue).status, 401, "a recovery code is good once");
    let client = client.with("authorization", &format!("Bearer {}", signed_in["access"].as_str().unwrap()));
    let body = json!({"password": PASSWORD}).to_string();
    client.send("DELETE", "/api/v1/auth/two-factor/", Some(body.as_bytes())).expect(200);
    login(&server.client(), &owner.email, PASSWORD).expect(200);
}

#[test]
fn a_replaced_secret_key_sends_the_owner_of_an_app_to_the_recovery_codes() {
    let key = |letter: &str| letter.repeat(64);
    let mut server = Server::options().env("GAMMACMS_SECRET_KEY", key("a")).start();
    let owner = set_up(&server);
    let begun = owner.client.send("POST", "/api/v1/auth/two-factor/", None).expect(200).json();
    let secret = begun["secret"].as_str().unwrap().to_owned();
    let code = json!({"code": totp(&secret, now())});
    let confirmed = owner.client.post("/api/v1/auth/two-factor/confirm/", &code).expect(200).json();
    server.stop();
    server.set_environment("GAMMACMS_SECRET_KEY", &key("b"));
    server.start();
    server.set_clock_offset(60);
    let with = |code: &str| {
        let body = json!({"email": owner.email, "password": PASSWORD, "code": code});
        server.client().post("/api/v1/auth/login/", &body)
    };
    let refused = with(&totp(&secret, now() + 60));
    assert_eq!((refused.status, refused.code()), (401, "two_factor_unreadable".to_owned()));
    with(confirmed["recovery_codes"][0].as_str().unwrap()).expect(200);
}

#[test]
fn sessions_are_listed_and_ended_one_by_one_or_all_at_once() {
    let server = Server::start_new();
    let owner = set_up(&server);
    let phone = sign_in(&server, &owner.email, None);
    let kiosk = sign_in(&server, &owner.email, None);
    let sessions = owner.client.get("/api/v1/auth/sessions/").expect(200).json()["results"].as_array().unwrap().clone();
    assert!(sessions.len() >= 3, "{sessions:?}");
    assert_eq!(sessions.iter().filter(|session| session["is_current"] == true).count(), 1);
    // The newest one but ours is the kiosk's.
    let own = |client: &Client| {
        let listed = client.get("/api/v1/auth/sessions/").expect(200).json();
        let found =
            listed["results"].as_array().unwrap().iter().find(|session| session["is_current"] == true).unwrap().clone();
        found["id"].as_str().unwrap().to_owned()
    };
    owner.client.delete(&format!("/api/v1/auth/sessions/{}/", own(&kiosk.client))).expect(204);
    assert_eq!(kiosk.client.get("/api/v1/auth/me/").status, 401);
    phone.client.get("/api/v1/auth/me/").expect(200);
    owner.client.send("POST", "/api/v1/auth/sessions/revoke-others/", None).expect(200);
    assert_eq!(phone.client.get("/api/v1/auth/me/").status, 401);
    owner.client.get("/api/v1/auth/me/").expect(200);
}

#[test]
fn a_change_of_password_role_or_suspension_counts_within_a_second() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let owner = &story.lake.owner.client;
    let entry = json!({"type": "amenity", "document": {"name": {"en": "Bicycles"}}});
    let entries = format!("/api/v1/sites/{}/entries/", story.lake.site_id);
    story.editor.client.post(&entries, &entry).expect(201);
    let team = owner.get("/api/v1/members/").expect(200).json()["results"].as_array().unwrap().clone();
    let member = |email: &str| {
        let found = team.iter().find(|member| member.to_string().contains(email)).unwrap();
        format!("/api/v1/members/{}/", found["id"].as_str().unwrap())
    };
    let within_a_second = |what: &str, client: &Client, path: &str, statuses: &[u16]| {
        let started = Instant::now();
        wait_until(what, || statuses.contains(&client.get(path).status).then_some(()));
        assert!(started.elapsed() < Duration::from_secs(1), "{what}: {:?}", started.elapsed());
    };
    owner.patch(&member("editor@lake.example"), &json!({"role": "viewer"})).expect(200);
    within_a_second("the end of the editor's sessions", &story.editor.client, "/api/v1/auth/me/", &[401]);
    let editor = sign_in(&server, "editor@lake.example", Some(&story.lake.organization_id));
    assert_eq!(editor.client.post(&entries, &entry).status, 403);

    owner.patch(&member("viewer@lake.example"), &json!({"is_suspended": true})).expect(200);
    within_a_second("the viewer's suspension", &story.viewer.client, "/api/v1/sites/", &[401, 404]);

    let operator = &story.operator.client;
    let users = operator.get("/api/v1/admin/users/?search=admin@lake").expect(200).json();
    let id = users["results"][0]["id"].as_str().unwrap().to_owned();
    operator.send("POST", &format!("/api/v1/admin/users/{id}/suspend/"), None).expect(200);
    within_a_second("the account's suspension", &story.admin.client, "/api/v1/auth/me/", &[401]);
    assert_eq!(login(&server.client(), "admin@lake.example", PASSWORD).status, 401);

    let suspend = format!("/api/v1/admin/organizations/{}/suspend/", story.alp.organization_id);
    operator.send("POST", &suspend, None).expect(200);
    within_a_second("the organization's suspension", &story.alp.owner.client, "/api/v1/sites/", &[401, 404]);
    within_a_second("its keys' suspension", &story.alp.reader, "/api/public/v1/sites/", &[401]);
    operator.send("POST", &suspend.replace("/suspend/", "/resume/"), None).expect(200);
    wait_until("its keys' return", || (story.alp.reader.get("/api/public/v1/sites/").status == 200).then_some(()));
}

#[test]
fn an_invitation_reaches_a_new_person_an_old_one_and_nobody_else() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let owner = &story.lake.owner.client;
    let invite =
        |email: &str| owner.post("/api/v1/invitations/", &json!({"email": email, "role": "editor"})).expect(201).json();
    let new = invite("new@lake.example");
    let link = new["link"].as_str().unwrap().to_owned();
    let mail = mail_to(&server, "new@lake.example", "#token=");
    assert!(mail.contains("Lake Hotels"), "{mail}");
    let token = link.split_once("#token=").unwrap().1.to_owned();
    let preview = server.client().post("/api/v1/invitations/preview/", &json!({"token": token})).expect(200).json();
    assert!(preview.to_string().contains("Lake Hotels"), "{preview}");
    owner.delete(&format!("/api/v1/invitations/{}/", new["id"].as_str().unwrap())).expect(204);
    let late = server
        .client()
        .post("/api/v1/invitations/accept/", &json!({"token": token, "name": "New", "password": PASSWORD}));
    assert!(late.status >= 400, "a withdrawn invitation is good for nothing");

    // Somebody who has an account joins with it.
    let old = invite(&story.alp.owner.email);
    let token = old["link"].as_str().unwrap().split_once("#token=").unwrap().1.to_owned();
    story
        .alp
        .owner
        .client
        .without("x-organization-id")
        .post("/api/v1/invitations/accept/", &json!({"token": token}))
        .expect(201);
    let me = story.alp.owner.client.get("/api/v1/auth/me/").expect(200).json();
    assert_eq!(me["memberships"].as_array().unwrap().len(), 2);
    // With two organizations one has to be named.
    let unnamed = story.alp.owner.client.without("x-organization-id").get("/api/v1/sites/");
    assert_eq!((unnamed.status, unnamed.code()), (400, "organization_required".to_owned()));
}

#[test]
fn a_member_restricted_to_one_site_changes_no_other() {
    let server = Server::start_new();
    let story = Story::tell(&server);
    let owner = &story.lake.owner.client;
    let second = owner
        .post(
            "/api/v1/sites/",
            &json!({"name": "Second", "slug": "second", "locales": ["en"], "default_locale": "en", "time_zone": "UTC", "currency": "CHF"}),
        )
        .expect(201)
        .json();
    let invitation = owner
        .post(
            "/api/v1/invitations/",
            &json!({"email": "local@lake.example", "role": "editor", "sites": [story.lake.site_id]}),
        )
        .expect(201)
        .json();
    let token = invitation["link"].as_str().unwrap().split_once("#token=").unwrap().1.to_owned();
    server
        .client()
        .post("/api/v1/invitations/accept/", &json!({"token": token, "name": "Lena", "password": PASSWORD}))
        .expect(201);
    let local = sign_in(&server, "local@lake.example", Some(&story.lake.organization_id));
    let entry = json!({"type": "amenity", "document": {"name": {"en": "Boats"}}});
    local.client.post(&format!("/api/v1/sites/{}/entries/", story.lake.site_id), &entry).expect(201);
    let other = local.client.post(&format!("/api/v1/sites/{}/entries/", second["id"].as_str().unwrap()), &entry);
    assert!(other.status == 403 || other.status == 404, "{}", other.text());
}

#[test]
fn an_organization_is_never_left_without_an_owner() {
    let server = Server::start_new();
    let owner = set_up(&server);
    let team = owner.client.get("/api/v1/members/").expect(200).json();
    let own = format!("/api/v1/members/{}/", team["results"][0]["id"].as_str().unwrap());
    for refused in [owner.client.patch(&own, &json!({"role": "viewer"})), owner.client.delete(&own)] {
        assert!(refused.status == 409 || refused.status == 422, "{}: {}", refused.status, refused.text());
    }
}

#[test]
fn the_audit_log_tells_who_did_what_and_notices_tampering() {
    let server = Server::start_new();
    let owner = set_up(&server);
    let organization = owner.client.get("/api/v1/organizations/current/").expect(200).json();
    let group = super::support::Group {
        organization_id: organization["id"].as_str().unwrap().to_owned(),
        ..super::support::furnish(&server, owner, "lake-hotels", "seeblick.example")
    };
    let viewer = join(&server, &group, "viewer@lake.example", "viewer");
    assert_eq!(viewer.client.get("/api/v1/audit/").status, 403);
    group.owner.client.patch("/api/v1/organizations/current/", &json!({"name": "Sea Hotels"})).expect(200);
    let log = group.owner.client.get("/api/v1/audit/").expect(200).json();
    let rows = log["results"].as_array().unwrap();
    let change = rows.iter().find(|row| row["action"] == "organization.updated").unwrap_or_else(|| panic!("{log}"));
    assert!(
        change["before"].to_string().contains("Lake Hotels") && change["after"].to_string().contains("Sea Hotels"),
        "{change}"
    );
    assert!(change["actor"].to_string().contains("Ottilie Brunner"), "{change}");
    assert!(change["ip"].is_string() || change["origin"]["ip"].is_string(), "{change}");
}
