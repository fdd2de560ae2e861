//! Every setting, declared once: loading, `gammacms config`, the messages and the reference page read this list.

/// One setting: where it may be given, what it takes and what it is for.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Name in the environment.
    pub name: &'static str,
    /// Key in `gammacms.toml`.
    pub key: &'static str,
    /// Names of the product that this one replaces; accepted in the environment.
    pub old_names: &'static [&'static str],
    /// The flag that gives it on the command line, where there is one.
    pub flag: Option<Flag>,
    /// What a right value looks like, as the end of a sentence that begins with "expected".
    pub expected: &'static str,
    /// What is in force when nothing is given, as it would be written; where it is made from other settings, how.
    pub default: Option<Default>,
    /// Which part of its value must never be shown.
    pub hides: Hides,
    /// What it is for, in words that the operator of a hotel's server understands.
    pub help: &'static str,
}

/// A flag of the command line.
#[derive(Clone, Copy, Debug)]
pub struct Flag {
    /// The flag with its dashes.
    pub name: &'static str,
    /// Which commands take it.
    pub commands: &'static str,
}

/// What is in force when nothing is given.
#[derive(Clone, Copy, Debug)]
pub enum Default {
    /// This value.
    Value(&'static str),
    /// Made from other settings, as described.
    Derived(&'static str),
}

/// Which part of a value must never be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hides {
    /// None.
    Nothing,
    /// The password inside a URL.
    Password,
    /// All of it.
    Everything,
}

/// Settings that belong together on the reference page.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// Heading.
    pub title: &'static str,
    /// The settings, in the order in which they are read.
    pub settings: &'static [Setting],
}

impl Setting {
    const fn new(name: &'static str, key: &'static str, expected: &'static str, help: &'static str) -> Self {
        Self { name, key, old_names: &[], flag: None, expected, default: None, hides: Hides::Nothing, help }
    }

    const fn or(mut self, value: &'static str) -> Self {
        self.default = Some(Default::Value(value));
        self
    }

    const fn or_made_from(mut self, description: &'static str) -> Self {
        self.default = Some(Default::Derived(description));
        self
    }

    const fn secret(mut self) -> Self {
        self.hides = Hides::Everything;
        self
    }

    const fn with_password(mut self) -> Self {
        self.hides = Hides::Password;
        self
    }

    const fn flag(mut self, name: &'static str, commands: &'static str) -> Self {
        self.flag = Some(Flag { name, commands });
        self
    }

    const fn formerly(mut self, old_names: &'static [&'static str]) -> Self {
        self.old_names = old_names;
        self
    }
}

/// All settings, in the order in which `gammacms config` prints them.
pub fn all() -> impl Iterator<Item = &'static Setting> {
    GROUPS.iter().flat_map(|group| group.settings)
}

/// The setting with this name.
pub(super) fn named(name: &str) -> &'static Setting {
    all().find(|setting| setting.name == name).expect("every setting that is read is declared")
}

/// All settings, by group.
pub const GROUPS: &[Group] = &[
    Group { title: "This installation", settings: INSTALLATION },
    Group { title: "Addresses", settings: ADDRESSES },
    Group { title: "First account", settings: FIRST_ACCOUNT },
    Group { title: "Database and key-value store", settings: STORES },
    Group { title: "Media storage", settings: MEDIA },
    Group { title: "Mail", settings: MAIL },
    Group { title: "Billing", settings: BILLING },
    Group { title: "Limits and work", settings: LIMITS },
    Group { title: "Monitoring", settings: MONITORING },
];

const INSTALLATION: &[Setting] = &[
    Setting::new(
        "GAMMACMS_ENV",
        "env",
        "dev, staging or production",
        "What this installation is for. Production refuses to start on unsafe settings; staging tells search engines to \
         stay away and wears a banner.",
    )
    .or("dev"),
    Setting::new(
        "GAMMACMS_DATA_DIR",
        "data_dir",
        "the path of a directory",
        "Directory that holds everything that must be kept: database, media, mail, keys. Made where it is missing.",
    )
    .or("./data")
    .flag("--data-dir", "every command"),
    Setting::new(
        "GAMMACMS_REQUIRE_VOLUME",
        "require_volume",
        "true or false",
        "Refuse to start unless the data directory is a volume of its own. Set in the container image: what is written \
         elsewhere in a container is gone with it.",
    )
    .or("false"),
    Setting::new(
        "GAMMACMS_SECRET_KEY",
        "secret_key",
        "at least 32 characters, such as the output of `openssl rand -base64 48`",
        "The secret from which all keys are derived: sign-ins, links in mails, secrets in the database. In dev and staging \
         one is made at the first start and kept in `secret-key` in the data directory. Whoever loses it signs everybody \
         out and loses the sealed secrets.",
    )
    .secret()
    .or_made_from("dev and staging: made at the first start")
    .formerly(&["DJANGO_SECRET_KEY"]),
    Setting::new(
        "GAMMACMS_DEBUG",
        "debug",
        "true or false",
        "Whether answers may tell more about errors than strangers should know. Never in production.",
    )
    .or("false"),
];

const ADDRESSES: &[Setting] = &[
    Setting::new(
        "GAMMACMS_LISTEN",
        "listen",
        "an address and port, such as 127.0.0.1:8000 or 0.0.0.0:8000",
        "Where the server listens. 127.0.0.1 is reached from this machine only, 0.0.0.0 from everywhere.",
    )
    .or("127.0.0.1:8000")
    .flag("--listen", "serve"),
    Setting::new(
        "GAMMACMS_PUBLIC_URL",
        "public_url",
        "an address such as https://cms.hotel.example, without a path",
        "The address at which people reach this installation. Links in mails are made from it.",
    )
    .or_made_from("dev and staging: `http://` and the address of `GAMMACMS_LISTEN`; production needs it"),
    Setting::new(
        "FRONTEND_URL",
        "frontend_url",
        "an address such as https://app.hotel.example",
        "The address of the dashboard, where it is not the public one.",
    )
    .or_made_from("`GAMMACMS_PUBLIC_URL`"),
    Setting::new(
        "ALLOWED_HOSTS",
        "allowed_hosts",
        "host names separated by commas, such as cms.hotel.example or .hotel.example (with everything below), without https:// \
         and without a port",
        "Host names of the platform itself; `*` stands for every host. Domains of published sites need not be listed.",
    )
    .or_made_from("this machine's own names and the host of `GAMMACMS_PUBLIC_URL`"),
    Setting::new(
        "CSRF_TRUSTED_ORIGINS",
        "csrf_trusted_origins",
        "origins separated by commas, such as https://app.hotel.example or https://*.hotel.example, without a path",
        "Other origins whose pages may send changes with the cookie of a signed-in browser.",
    ),
    Setting::new(
        "CORS_ALLOWED_ORIGINS",
        "cors_allowed_origins",
        "origins separated by commas, such as https://www.hotel.example, without a path; or *",
        "Origins whose pages may read the APIs. `*` opens the public API (which is read with a key) to every page.",
    ),
    Setting::new(
        "TRUSTED_PROXIES",
        "trusted_proxies",
        "addresses or networks separated by commas, such as 10.0.0.0/8 or 127.0.0.1",
        "The proxies in front of this server whose `X-Forwarded-For` is believed. Without it, limits see the address of \
         the proxy instead of the guest's.",
    ),
];

const FIRST_ACCOUNT: &[Setting] = &[
    Setting::new(
        "GAMMACMS_OWNER_EMAIL",
        "owner_email",
        "an e-mail address",
        "For an unattended first start: the address of the account that operates the installation.",
    ),
    Setting::new(
        "GAMMACMS_OWNER_PASSWORD_FILE",
        "owner_password_file",
        "the path of a file",
        "For an unattended first start: a file with that account's password.",
    ),
];

const STORES: &[Setting] = &[
    Setting::new(
        "DATABASE_URL",
        "database_url",
        "sqlite: and a path, or postgres://user:password@host/database",
        "The database. Without it, a SQLite file in the data directory: right for one machine.",
    )
    .with_password()
    .or_made_from("`sqlite:` and `gammacms.db` in the data directory"),
    Setting::new(
        "REDIS_URL",
        "redis_url",
        "redis://[:password@]host[:port][/number], or rediss:// for TLS",
        "A Redis server for limits and caches that several processes share. Without it, they are kept in the data directory.",
    )
    .with_password(),
    Setting::new(
        "LITESTREAM_REPLICA_URL",
        "litestream_replica_url",
        "the URL of a replica that Litestream knows: s3://, gs://, abs://, sftp://, file://, nats://, webdav(s):// or oss://",
        "Where Litestream copies the SQLite database to, second by second; `serve` begins and watches it. At a start without a \
         database, it is restored from there.",
    )
    .with_password(),
    Setting::new(
        "LITESTREAM_BINARY",
        "litestream_binary",
        "the path of a program, or its name where PATH has it",
        "The program Litestream, version 0.3.",
    )
    .or("litestream"),
    Setting::new(
        "GAMMACMS_INIT_EMPTY",
        "init_empty",
        "true or false",
        "Begin empty where neither the database nor anything in the replica is there, as at the very first start. Without it, such a \
         start is refused: more often, the replica's address is wrong.",
    )
    .or("false"),
];

const MEDIA: &[Setting] = &[
    Setting::new(
        "AWS_STORAGE_BUCKET_NAME",
        "aws_storage_bucket_name",
        "the name of a bucket: 3 to 63 of a-z, 0-9, dots and hyphens",
        "The S3 bucket for media. Without it, media are kept in the data directory.",
    ),
    Setting::new(
        "AWS_ACCESS_KEY_ID",
        "aws_access_key_id",
        "the id of an access key, without spaces",
        "Key for the bucket.",
    ),
    Setting::new(
        "AWS_SECRET_ACCESS_KEY",
        "aws_secret_access_key",
        "the secret of an access key, without spaces",
        "Secret of that key.",
    )
    .secret(),
    Setting::new("AWS_S3_REGION_NAME", "aws_s3_region_name", "a region such as eu-central-1", "Region of the bucket.")
        .or("us-east-1"),
    Setting::new(
        "AWS_S3_ENDPOINT_URL",
        "aws_s3_endpoint_url",
        "an address such as https://fra1.digitaloceanspaces.com",
        "Where the bucket is, when it is not at Amazon: Cloudflare R2, DigitalOcean Spaces, MinIO.",
    ),
    Setting::new(
        "AWS_S3_CUSTOM_DOMAIN",
        "aws_s3_custom_domain",
        "a host name such as media.hotel.example",
        "Host name of the CDN in front of the bucket.",
    ),
    Setting::new(
        "AWS_S3_OBJECT_PARAMETERS",
        "aws_s3_object_parameters",
        "CacheControl= and a value of that header, such as CacheControl=max-age=86400",
        "How long browsers and caches keep a photograph or document, here and on every object that is written to the bucket. An address never \
         changes what it shows, so they may keep it for good.",
    )
    .or("CacheControl=public, max-age=31536000, immutable"),
];

const MAIL: &[Setting] = &[
    Setting::new(
        "SMTP_URL",
        "smtp_url",
        "smtp://user:password@host:587 or smtps://user:password@host:465",
        "The server that sends mail. Without it, mails are files in `mail` in the data directory.",
    )
    .with_password(),
    Setting::new(
        "DEFAULT_FROM_EMAIL",
        "default_from_email",
        "an e-mail address, or a name with one: Hotel Seehof <office@seehof.example>",
        "Whom mails come from.",
    )
    .or_made_from("`noreply@` and the host of `GAMMACMS_PUBLIC_URL`"),
];

const BILLING: &[Setting] = &[
    Setting::new(
        "STRIPE_API_KEY",
        "stripe_api_key",
        "a key that starts with sk_ or rk_",
        "Stripe's secret key. Test keys are refused in production, live keys in staging.",
    )
    .secret(),
    Setting::new(
        "STRIPE_PUBLISHABLE_KEY",
        "stripe_publishable_key",
        "a key that starts with pk_",
        "Stripe's publishable key, for the payment form.",
    )
    .formerly(&["NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY"]),
    Setting::new(
        "STRIPE_WEBHOOK_SECRET",
        "stripe_webhook_secret",
        "a secret that starts with whsec_",
        "Proves that events come from Stripe.",
    )
    .secret(),
    Setting::new(
        "STRIPE_API_BASE",
        "stripe_api_base",
        "an address such as https://api.stripe.com",
        "Where Stripe's API is; another address is for tests.",
    )
    .or("https://api.stripe.com"),
];

const LIMITS: &[Setting] = &[
    Setting::new(
        "GAMMACMS_RATE_LIMIT_PER_MINUTE",
        "rate_limit_per_minute",
        "a whole number from 1 to 1000000",
        "Requests that an API key may make in any minute, unless the key says otherwise.",
    )
    .or("120"),
    Setting::new(
        "GAMMACMS_RATE_LIMIT_PER_DAY",
        "rate_limit_per_day",
        "a whole number from 1 to 1000000000",
        "Requests that an API key may make in a day, unless the key says otherwise.",
    )
    .or("10000"),
    Setting::new(
        "WORKER_CONCURRENCY",
        "worker_concurrency",
        "a whole number from 1 to 64",
        "Background jobs that run at the same time.",
    )
    .or("4")
    .formerly(&["CELERYD_CONCURRENCY"]),
];

const MONITORING: &[Setting] = &[
    Setting::new(
        "LOG_FORMAT",
        "log_format",
        "json or text",
        "How the log is written: JSON lines for machines, text for people.",
    )
    .or_made_from("`text` in dev, `json` in staging and production"),
    Setting::new("LOG_LEVEL", "log_level", "error, warn, info, debug or trace", "How much is logged.").or("info"),
    Setting::new(
        "METRICS_TOKEN",
        "metrics_token",
        "a token without spaces",
        "The token with which `/metrics` may be read from other machines. Without it, only from this one.",
    )
    .secret(),
    Setting::new(
        "SENTRY_DSN",
        "sentry_dsn",
        "the DSN of a Sentry project, such as https://key@sentry.example/1",
        "Where errors are reported to.",
    )
    .secret(),
];
