//! The bare route that figures are compared with: Rocket answering a fixed JSON body, and nothing else. It is given the
//! body that the product answers, so that both send the same bytes.
//!
//! `cargo run --release --example bare -- PORT FILE`

use rocket::{Config, State, get, http::ContentType, routes};

struct Body(Vec<u8>);

#[get("/")]
fn body(body: &State<Body>) -> (ContentType, Vec<u8>) {
    (ContentType::JSON, body.0.clone())
}

fn settings() -> Result<(u16, Vec<u8>), Box<dyn std::error::Error + Send + Sync>> {
    let mut arguments = std::env::args().skip(1);
    let port = arguments.next().ok_or("a port is missing")?.parse()?;
    Ok((port, std::fs::read(arguments.next().ok_or("a file is missing")?)?))
}

#[rocket::main]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let (port, bytes) = settings()?;
    let config = Config { port, log_level: rocket::config::LogLevel::Off, ..Config::release_default() };
    rocket::custom(config).manage(Body(bytes)).mount("/", routes![body]).launch().await?;
    Ok(())
}
