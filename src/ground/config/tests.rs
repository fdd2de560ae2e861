use super::*;

fn load(environment: &[(&str, &str)]) -> Result<Config, Vec<ConfigProblem>> {
    let folder = tempfile::tempdir().unwrap();
    let flags = Flags { data_dir: Some(folder.path().to_owned()), ..Flags::default() };
    Config::load(&flags, environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

fn refused(environment: &[(&str, &str)]) -> Vec<String> {
    load(environment).unwrap_err().into_iter().map(|problem| problem.setting).collect()
}

#[test]
fn everything_works_without_settings() {
    let config = load(&[]).unwrap();
    assert_eq!(config.environment, Environment::Dev);
    assert_eq!(config.public_url.as_str(), "http://127.0.0.1:8000");
    assert_eq!(config.default_from_email.to_string(), "noreply@gammacms.localhost");
    assert_eq!((config.rate_limit_per_minute, config.rate_limit_per_day), (120, 10_000));
    assert_eq!(config.report().len(), all().count(), "every declared setting is read and reported");
}

#[test]
fn every_wrong_value_is_told_at_once_with_its_source() {
    let problems = load(&[
        ("GAMMACMS_ENV", "prod"),
        ("GAMMACMS_LISTEN", "8000"),
        ("DATABASE_URL", "mysql://anna:geheim@db/cms"),
        ("ALLOWED_HOSTS", "https://hotel.example/"),
        ("WORKER_CONCURRENCY", "many"),
        ("GAMMACMS_PUBLC_URL", "https://x.example"),
    ])
    .unwrap_err();
    let text: Vec<String> = problems.iter().map(ToString::to_string).collect();
    for name in
        ["GAMMACMS_ENV", "GAMMACMS_LISTEN", "DATABASE_URL", "ALLOWED_HOSTS", "WORKER_CONCURRENCY", "GAMMACMS_PUBLC_URL"]
    {
        assert!(
            text.iter().any(|line| line.starts_with(name) && line.contains("environment variable")),
            "{name}: {text:?}"
        );
    }
    assert!(!text.concat().contains("geheim"), "{text:?}");
}

#[test]
fn production_refuses_what_is_unsafe() {
    let unsafe_settings = [
        ("GAMMACMS_ENV", "production"),
        ("GAMMACMS_DEBUG", "true"),
        ("STRIPE_API_KEY", "sk_test_1"),
        ("ALLOWED_HOSTS", "*"),
    ];
    assert_eq!(
        refused(&unsafe_settings),
        ["GAMMACMS_SECRET_KEY", "GAMMACMS_DEBUG", "GAMMACMS_PUBLIC_URL", "ALLOWED_HOSTS", "STRIPE_API_KEY"]
    );
    let secret = "0123456789012345678901234567890123456789";
    let safe = [
        ("GAMMACMS_ENV", "production"),
        ("DJANGO_SECRET_KEY", secret),
        ("GAMMACMS_PUBLIC_URL", "https://cms.hotel.example"),
    ];
    let config = load(&safe).unwrap();
    assert_eq!(config.log_format, LogFormat::Json);
    assert!(!format!("{config:?}").contains(secret));
    assert_eq!(refused(&[("GAMMACMS_ENV", "staging"), ("STRIPE_API_KEY", "sk_live_1")]), ["STRIPE_API_KEY"]);
    assert_eq!(refused(&[("GAMMACMS_OWNER_EMAIL", "a@b.example")]), ["GAMMACMS_OWNER_PASSWORD_FILE"]);
}

#[test]
fn the_environment_wins_over_the_file_and_a_flag_over_both() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(FILE_NAME);
    std::fs::write(&file, "listen = \"127.0.0.1:1\"\nworker_concurrency = 2\nallowed_hosts = [\"a.example\", \"b.example\"]\ndebug = true\n").unwrap();
    let flags =
        Flags { data_dir: Some(folder.path().to_owned()), listen: Some("127.0.0.1:3".into()), ..Flags::default() };
    let environment =
        [("GAMMACMS_LISTEN".to_owned(), "127.0.0.1:2".to_owned()), ("WORKER_CONCURRENCY".to_owned(), "3".to_owned())];
    let config = Config::load(&flags, environment.into_iter()).unwrap();
    assert_eq!((config.listen.port(), config.worker_concurrency, config.is_debug), (3, 3, true));
    assert_eq!(config.allowed_hosts, ["a.example", "b.example"]);
    let source = |name: &str| config.report().iter().find(|line| line.setting == name).unwrap().source.clone();
    assert_eq!(source("GAMMACMS_LISTEN"), "flag --listen");
    assert_eq!(source("WORKER_CONCURRENCY"), "environment variable WORKER_CONCURRENCY");
    assert_eq!(source("ALLOWED_HOSTS"), format!("{} line 3", file.display()));
    assert_eq!(source("LOG_LEVEL"), "default");
}

#[test]
fn a_file_with_slips_is_explained_line_by_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("other.toml");
    std::fs::write(&file, "\ndatabse_url = \"sqlite:x\"\ncolour = \"red\"\nlisten = { port = 1 }\n").unwrap();
    let flags = Flags { config: Some(file.clone()), ..Flags::default() };
    let text: Vec<String> =
        Config::load(&flags, std::iter::empty()).unwrap_err().iter().map(ToString::to_string).collect();
    assert_eq!(text.len(), 3, "{text:?}");
    assert!(text[0].contains("line 2") || text[1].contains("line 2"));
    assert!(text.iter().any(|line| line.contains("database_url was probably meant")), "{text:?}");
    std::fs::write(&file, "env = \n").unwrap();
    assert_eq!(Config::load(&flags, std::iter::empty()).unwrap_err().len(), 1);
    let missing = Flags { config: Some(folder.path().join("none.toml")), ..Flags::default() };
    assert_eq!(Config::load(&missing, std::iter::empty()).unwrap_err().len(), 1);
}

#[test]
fn a_secret_key_that_nobody_gave_is_made_once_and_kept_private() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let flags = Flags { data_dir: Some(folder.path().to_owned()), ..Flags::default() };
    let config = Config::load(&flags, std::iter::empty()).unwrap();
    let first = config.secret_key(&crate::clock::Randomness::system()).unwrap().derive("test");
    let second = config.secret_key(&crate::clock::Randomness::system()).unwrap().derive("test");
    assert_eq!(first, second);
    let mode = std::fs::metadata(folder.path().join(SECRET_KEY_FILE)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    std::fs::write(folder.path().join(SECRET_KEY_FILE), "short").unwrap();
    assert!(matches!(config.secret_key(&crate::clock::Randomness::system()), Err(SecretKeyError::Damaged(_))));
}

#[test]
fn the_reference_names_every_setting() {
    let page = reference_markdown();
    for setting in all() {
        assert!(page.contains(&format!("### `{}`", setting.name)), "{}", setting.name);
    }
}
