//! Random edits, publications, deletions and ways back, from two people at once, held against a model that a reader can
//! check by eye: what visitors read always equals what the revisions say.

mod expected;
mod steps;

use proptest::{
    collection::vec,
    test_runner::{Config, FileFailurePersistence, TestRunner},
};

use super::support::{Server, furnish, join, set_up};

/// Sequences tried in one run; each is some dozen requests.
const SEQUENCES: u32 = 80;
/// Steps of a sequence at most: most faults of this kind need three or four.
const STEPS: usize = 24;

#[test]
fn what_visitors_read_always_equals_what_the_revisions_say() {
    let server = Server::options()
        .env("GAMMACMS_RATE_LIMIT_PER_MINUTE", "1000000")
        .env("GAMMACMS_RATE_LIMIT_PER_DAY", "1000000")
        .start();
    let owner = set_up(&server);
    let group = furnish(&server, owner, "lake-hotels", "seeblick.example");
    let editor = join(&server, &group, "vera@lake.example", "editor");
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
        let mut told = steps::Told::begin(&group, [&group.owner.client, &editor.client]);
        for step in &sequence {
            told.take(step)?;
        }
        Ok(())
    });
    if let Err(failure) = found {
        panic!("{failure}");
    }
}
