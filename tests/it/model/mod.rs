//! Random edits, publications, deletions and ways back, from two people at once, held against a model that a reader can
//! check by eye: what visitors read always equals what the revisions say.

mod expected;
mod steps;

use std::cell::RefCell;

use proptest::{
    collection::vec,
    test_runner::{Config, FileFailurePersistence, TestRunner},
};

use serde_json::json;

use super::support::{Client, Server, furnish, join, set_up};

/// Sequences tried in one run; each is some dozen requests.
const SEQUENCES: u32 = 60;
/// Steps of a sequence at most: most faults of this kind need three or four.
const STEPS: usize = 24;

#[test]
fn what_visitors_read_always_equals_what_the_revisions_say() {
    let server = Server::options()
        .env("GAMMACMS_RATE_LIMIT_PER_MINUTE", "1000000")
        .env("GAMMACMS_RATE_LIMIT_PER_DAY", "1000000")
        .start();
    let owner = set_up(&server);
    let tokens = RefCell::new([owner.refresh.clone(), String::new()]);
    let group = furnish(&server, owner, "lake-hotels", "seeblick.example");
    let editor = join(&server, &group, "vera@lake.example", "editor");
    tokens.borrow_mut()[1].clone_from(&editor.refresh);
    let config = Config {
        cases: SEQUENCES,
        max_shrink_iters: 200,
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        ..Config::default()
    };
    // What fails once fails again: the seed is the same in every run.
    let mut runner = TestRunner::new_with_rng(
        config,
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    let found = runner.run(&vec(steps::step(), STEPS / 2..=STEPS), |sequence| {
        // The clock goes on from sequence to sequence, past the end of what opens the admin API for some minutes.
        let mut tokens = tokens.borrow_mut();
        let people = [&group.owner.client, &editor.client];
        let people = [0, 1].map(|who| refreshed(&server, people[who], &mut tokens[who]));
        let mut told = steps::Told::begin(&server, &group, [&people[0], &people[1]]);
        for step in &sequence {
            told.take(step)?;
        }
        told.pass()
    });
    if let Err(failure) = found {
        panic!("{failure}");
    }
}

/// The same person with an access token that has just begun.
fn refreshed(server: &Server, client: &Client, token: &mut String) -> Client {
    let answer = server.client().post("/api/v1/auth/refresh/", &json!({"refresh": token})).expect(200).json();
    answer["refresh"].as_str().unwrap().clone_into(token);
    client.with("authorization", &format!("Bearer {}", answer["access"].as_str().unwrap()))
}
