//! Floor 1: what every capability runs on and none of them owns: the web plumbing, the outbox, the job
//! queue, the mailer, the database's second place, and what tells how all of it is doing.

pub mod backup;
pub mod events;
pub mod jobs;
pub mod mail;
pub mod monitoring;
pub mod web;
