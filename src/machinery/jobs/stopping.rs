//! How background loops hear that the process stops.

use tokio::sync::watch;

/// Waits until the process wants to stop; also when nobody is left who could say so.
pub(crate) async fn stopped(shutdown: &mut watch::Receiver<bool>) {
    drop(shutdown.wait_for(|is_stopping| *is_stopping).await);
}
