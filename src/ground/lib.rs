//! Floor 0: what every other floor stands on, and knows nothing of hotels. Settings, database, key-value store,
//! cryptography, time, randomness and the parsed words that all floors speak.

pub mod blobs;
pub mod clock;
pub mod config;
pub mod crypto;
pub mod db;
pub mod kv;
pub mod words;
