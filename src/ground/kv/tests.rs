//! The same promises for both stores. Redis is tried where `TEST_REDIS_URL` names a server.

use std::time::Duration;

use super::Kv;
use crate::clock::Clock;

/// A store to test, and what must stay alive while it is used.
struct Tried {
    kv: Kv,
    prefix: String,
    _folder: tempfile::TempDir,
}

impl Tried {
    fn key(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }
}

async fn stores() -> Vec<Tried> {
    let folder = tempfile::tempdir().unwrap();
    let sled = Kv::open_sled_with_clock(folder.path().join("kv"), Clock::system()).unwrap();
    let mut stores = vec![Tried { kv: sled, prefix: "test:".into(), _folder: folder }];
    #[expect(clippy::disallowed_methods, reason = "the test script tells tests where its servers are")]
    if let Ok(url) = std::env::var("TEST_REDIS_URL") {
        let prefix = format!("test:{}:", crate::crypto::token(&crate::clock::Randomness::system()));
        stores.push(Tried {
            kv: Kv::connect_redis(&url).await.unwrap(),
            prefix,
            _folder: tempfile::tempdir().unwrap(),
        });
    }
    stores
}

#[tokio::test]
async fn what_is_put_is_got_until_it_is_deleted() {
    for store in stores().await {
        let (one, two) = (store.key("one"), store.key("two"));
        assert_eq!(store.kv.get(&one).await.unwrap(), None);
        store.kv.put(&one, b"\0\xffbytes", None).await.unwrap();
        store.kv.put_many(vec![(two.clone(), b"2".to_vec(), Some(Duration::from_mins(1)))]).await.unwrap();
        assert_eq!(
            store.kv.get(&one).await.unwrap().as_deref(),
            Some(b"\0\xffbytes".as_slice()),
            "{}",
            store.kv.name()
        );
        let listed = store.kv.list(&store.prefix).await.unwrap();
        assert_eq!(listed.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>(), [one.clone(), two]);
        store.kv.delete(&one).await.unwrap();
        assert_eq!(store.kv.get(&one).await.unwrap(), None);
        store.kv.check().await.unwrap();
    }
}

#[tokio::test]
async fn additions_are_never_lost_between_tasks() {
    for store in stores().await {
        let key = store.key("count");
        let tasks = (0..16).map(|_| {
            let (kv, key) = (store.kv.clone(), key.clone());
            tokio::spawn(async move {
                for _ in 0..25 {
                    kv.increment(&key, 1, Duration::from_mins(1)).await.unwrap();
                }
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        assert_eq!(store.kv.increment(&key, -1, Duration::from_mins(1)).await.unwrap(), 399, "{}", store.kv.name());
        store.kv.put(&key, b"many", None).await.unwrap();
        assert!(store.kv.increment(&key, 1, Duration::from_mins(1)).await.is_err());
    }
}

#[tokio::test]
async fn what_has_expired_is_gone_and_swept() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::fixed("2026-11-23T08:00:00Z".parse().unwrap());
    let kv = Kv::open_sled_with_clock(folder.path(), clock.clone()).unwrap();
    kv.put("short", b"1", Some(Duration::from_secs(5))).await.unwrap();
    kv.put("long", b"2", Some(Duration::from_mins(5))).await.unwrap();
    clock.advance(jiff::SignedDuration::from_secs(6));
    assert_eq!(kv.get("short").await.unwrap(), None);
    assert_eq!(kv.increment("short", 1, Duration::from_secs(1)).await.unwrap(), 1, "an expired number begins anew");
    clock.advance(jiff::SignedDuration::from_secs(6));
    assert_eq!(kv.sweep().await.unwrap(), 1);
    assert_eq!(kv.get("long").await.unwrap().as_deref(), Some(b"2".as_slice()));
}

#[tokio::test]
async fn a_flushed_store_is_found_again_and_a_damaged_one_is_begun_anew() {
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("kv");
    {
        let kv = Kv::open_sled(&directory).unwrap();
        kv.put("kept", b"1", None).await.unwrap();
        kv.flush().await.unwrap();
    }
    {
        let kv = Kv::open_sled(&directory).unwrap();
        assert_eq!(kv.get("kept").await.unwrap().as_deref(), Some(b"1".as_slice()));
    }
    for file in std::fs::read_dir(&directory).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            std::fs::write(path, b"not a store").unwrap();
        }
    }
    let kv = Kv::open_sled(&directory).unwrap();
    assert_eq!(kv.get("kept").await.unwrap(), None);
    kv.put("new", b"1", None).await.unwrap();
}

#[tokio::test]
async fn a_server_that_is_not_there_answers_at_once_that_it_is_unavailable() {
    let kv = Kv::connect_redis("redis://127.0.0.1:1").await.unwrap();
    let started = std::time::Instant::now();
    for _ in 0..20 {
        assert!(matches!(kv.get("key").await, Err(super::KvError::Unavailable(_))));
    }
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
}
