//! The mails about an account: what each says stands in `templates/mail/`.

use ground::{
    db::{DbError, Tx},
    words::Locale,
};
use machinery::mail::{MailMessage, Mailer};
use serde_json::json;

use super::{
    links::{Links, Purpose},
    users::User,
};

/// Tells a person that their password was changed: if it was not them, this is how they learn.
pub fn tell_password_changed(tx: &Tx, user: &User, language: Locale) -> Result<(), DbError> {
    let values = json!({ "name": user.name, "email": user.email });
    Mailer::send_later(
        tx,
        None,
        MailMessage { to: user.email.clone(), template: "password_changed", locale: language, values },
    )
}

/// The mail with a link for the person. It is sent by the job that makes the token and never stored: only the token's
/// hash is.
pub fn with_link(links: &Links, user: &User, purpose: Purpose, token: &str, language: Locale) -> MailMessage {
    let (template, hours) = match purpose {
        Purpose::VerifyEmail => ("verify_email", purpose.lifetime().as_secs() / 3600),
        Purpose::ResetPassword => ("reset_password", purpose.lifetime().as_secs() / 3600),
    };
    let values = json!({
        "name": user.name,
        "email": user.email,
        "link": links.with_token(purpose, token),
        "hours": hours,
        "days": hours / 24,
    });
    MailMessage { to: user.email.clone(), template, locale: language, values }
}
