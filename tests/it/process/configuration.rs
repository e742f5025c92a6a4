//! A configuration that is wrong is refused with the key or the file that is, and without its value.

use keyhall_tests::{Database, Place};

/// Serving on an empty database with nothing wrong but what a test adds. It would end at once if it started.
const SERVE: &[&str] = &["serve", "--stop-with-parent"];

/// A value that may be anybody's secret.
const SECRET: &str = "hunter2-hunter2-hunter2";

#[track_caller]
fn refuses(place: &Place, words: &[&str]) {
    let ended = place.run(SERVE);
    let complaint = ended.complaint(&[SECRET]);
    for word in words {
        assert!(complaint.contains(word), "no `{word}` in: {complaint}");
    }
}

#[test]
fn keys_and_tables_that_there_are_not_are_named() {
    refuses(&Place::embedded().with("server.prt", "1"), &["`prt`", "`server`", "`port`"]);
    refuses(&Place::embedded().with("sever.port", "1"), &["`sever`", "`server`"]);
    for (text, words) in
        [("[server]\nprt = 1", ["`prt`", "`server`"]), ("[sever]\nport = 1", ["`sever`", "`server`"])]
    {
        let place = Place::embedded();
        place.write("keyhall.toml", text, 0o600);
        refuses(&place, &words);
    }
}

#[test]
fn a_value_of_the_wrong_type_is_named_and_not_repeated() {
    for (key, words) in [
        ("server.port", ["`server.port`", "an integer"]),
        ("database", ["`database`", "a table"]),
        ("secrets", ["`secrets`", "a table"]),
        ("database.url.host", ["`database.url`", "a string"]),
        ("secrets.master_key.value", ["`secrets.master_key`", "a string"]),
        ("log.format", ["`log.format`", "`json`"]),
        ("server.public_url", ["`server.public_url`", "`https://keyhall.example.com`"]),
        ("database.pool_size", ["`database.pool_size`", "an integer"]),
        ("server.trusted_proxies", ["`server.trusted_proxies", "`10.0.0.0/8`"]),
        ("server.forwarded_header", ["`server.forwarded_header`", "`x-forwarded-for`"]),
        ("limits.requests_per_minute", ["`limits.requests_per_minute`", "an integer"]),
        ("audit.retention_days", ["`audit.retention_days`", "an integer"]),
    ] {
        refuses(&Place::embedded().with(key, SECRET), &words);
    }
}

#[test]
fn events_that_are_not_kept_for_a_day_are_no_audit() {
    for days in ["0", "-1", "65536"] {
        refuses(&Place::embedded().with("audit.retention_days", days), &["`audit.retention_days`"]);
    }
}

#[test]
fn a_file_that_is_no_toml_is_named_with_the_line_and_not_shown() {
    for text in [format!("[secrets]\nmaster_key = \"{SECRET}"), format!("[secrets]\nmaster_key = {SECRET}")] {
        let place = Place::embedded();
        place.write("keyhall.toml", &text, 0o600);
        refuses(&place, &["keyhall.toml", "line 2"]);
    }
}

#[test]
fn a_file_that_was_named_and_is_not_there_is_refused() {
    let ended = Place::embedded().run(&["--config", "nowhere.toml", "serve", "--stop-with-parent"]);
    let complaint = ended.complaint(&[]);
    assert!(complaint.contains("nowhere.toml"), "{complaint}");
}

#[test]
fn a_file_with_a_secret_that_others_can_read_is_refused() {
    let database = Database::migrated();
    let place = Place::on(&database).without("secrets.master_key").with("secrets.master_key_file", "key");
    place.write("key", SECRET, 0o644);
    refuses(&place, &["`key`", "chmod 600 key"]);

    let place = Place::embedded();
    let text = format!("[database]\nurl = \"postgres://keyhall:{SECRET}@127.0.0.1:1/keyhall\"");
    place.write("keyhall.toml", &text, 0o644);
    refuses(&place, &["`keyhall.toml`", "chmod 600 keyhall.toml"]);
}

#[test]
fn a_file_without_a_secret_may_be_read_by_others() {
    let place = Place::embedded();
    place.write("keyhall.toml", "[sessions]\nhours = 3", 0o644);
    let shown = place.run(&["config", "show"]);
    assert!(shown.success, "{}", shown.stderr);
    assert!(shown.stdout.contains("sessions.hours = 3  # keyhall.toml\n"), "{}", shown.stdout);
}

#[test]
fn what_is_in_force_is_shown_with_its_origin_and_without_its_secrets() {
    let url = format!("postgres://keyhall:{SECRET}@127.0.0.1:1/keyhall");
    let place = Place::embedded().with("secrets.master_key", SECRET).with("server.port", "8081");
    place.write("keyhall.toml", &format!("[database]\nurl = \"{url}\"\npool_size = 3"), 0o600);
    let shown = place.run(&["config", "show"]);
    assert!(shown.success, "{}", shown.stderr);
    for line in [
        "database.pool_size = 3  # keyhall.toml",
        "database.url = [redacted]  # keyhall.toml",
        "secrets.master_key = [redacted]  # the environment",
        "server.host = \"127.0.0.1\"  # the defaults",
        "server.port = 8081  # the environment",
    ] {
        assert!(shown.stdout.lines().any(|shown| shown == line), "no `{line}` in {}", shown.stdout);
    }
    assert!(!shown.stdout.contains(SECRET), "{}", shown.stdout);
}

#[test]
fn a_master_key_is_given_once_and_is_one() {
    let database = Database::migrated();
    let place = Place::on(&database).with("secrets.master_key_file", "key");
    refuses(&place, &["`secrets.master_key`", "`secrets.master_key_file`", "set one"]);
    refuses(&Place::on(&database).without("secrets.master_key"), &["KEYHALL__SECRETS__MASTER_KEY"]);
    refuses(&Place::on(&database).with("secrets.master_key", SECRET), &["master key", "32 bytes"]);

    let place = Place::on(&database).without("secrets.master_key").with("secrets.master_key_file", "key");
    refuses(&place, &["`key`", "No such file"]);
    place.write("key", SECRET, 0o600);
    refuses(&place, &["master key", "32 bytes"]);
}

#[test]
fn off_loopback_nothing_is_guessed_and_nothing_is_plain() {
    let place = || Place::embedded().with("server.host", "0.0.0.0");
    refuses(&place().with("server.behind_tls_proxy", "true"), &["`server.public_url`", "required"]);
    let place = place().with("server.public_url", "https://keyhall.example");
    refuses(&place, &["`server.host`", "`server.tls_certificate`", "`server.behind_tls_proxy = true`"]);
}

#[test]
fn limits_that_nothing_works_under_and_proxies_that_are_everybody_are_refused() {
    for (key, value) in [
        ("limits.body_bytes", "1023"),
        ("limits.body_bytes", "16777217"),
        ("limits.json_depth", "3"),
        ("limits.json_depth", "101"),
        ("limits.requests_per_minute", "-1"),
        ("server.trusted_proxies", "10.0.0.0/8,0.0.0.0/0"),
        ("server.trusted_proxies", "::/0"),
        ("server.trusted_proxies", "10.0.0.0/33"),
        ("server.trusted_proxies", "10.0.0.0/8,"),
    ] {
        refuses(&Place::embedded().with(key, value), &[key]);
    }
}

#[test]
fn proxies_come_from_the_file_as_a_list_and_from_the_environment_between_commas() {
    let place = Place::embedded();
    place.write("keyhall.toml", "[server]\ntrusted_proxies = ['10.0.0.0/8', '2001:db8::7']", 0o644);
    let shown = place.run(&["config", "show"]);
    assert!(shown.stdout.contains("server.trusted_proxies = "), "{}", shown.stderr);
    let shown = place.with("server.trusted_proxies", "192.0.2.0/24,10.0.0.1").run(&["config", "show"]);
    let line =
        shown.stdout.lines().find(|line| line.starts_with("server.trusted_proxies")).expect("it is shown");
    assert!(line.contains("192.0.2.0/24") && line.contains("10.0.0.1"), "{line}");
}

#[test]
fn a_certificate_and_its_key_come_together() {
    refuses(&Place::embedded().with("server.tls_key", "key.pem"), &["`server.tls_certificate`", "required"]);
    refuses(&Place::embedded().with("server.tls_certificate", "tls.pem"), &["`server.tls_key`", "required"]);
}

#[test]
fn mail_is_from_somebody_goes_one_way_and_by_a_url_that_is_one() {
    let smtp = format!("smtp://keyhall:{SECRET}@mail.example.com");
    let place = || Place::embedded().with("mail.from", "keyhall@example.com");
    refuses(
        &place().with("mail.smtp_url", &smtp).with("mail.spool_dir", "mail"),
        &["`mail.spool_dir`", "set one"],
    );
    for (key, value) in [("mail.smtp_url", smtp.as_str()), ("mail.spool_dir", "mail")] {
        refuses(&Place::embedded().with(key, value), &["`mail.from`", "required"]);
        refuses(
            &Place::embedded().with(key, value).with("mail.from", "nobody"),
            &["`mail.from`", "must be like"],
        );
    }
    for url in [
        SECRET.to_owned(),
        format!("https://keyhall:{SECRET}@mail.example.com"),
        format!("{smtp}?tls=opportunistic"),
        format!("smtp://{SECRET}@mail.example.com"),
    ] {
        refuses(&place().with("mail.smtp_url", &url), &["`mail.smtp_url`", "must"]);
    }
    refuses(&place().with("mail.smtp_ca_file", "ca.pem"), &["`mail.smtp_ca_file`", "`mail.smtp_url`"]);
    refuses(&place().with("mail.smtp", "x"), &["`smtp`", "`smtp_url`"]);
    let place = Place::on(&Database::migrated()).with("mail.from", "keyhall@example.com");
    let place = place.with("mail.smtp_url", &smtp).with("mail.smtp_ca_file", "ca.pem");
    refuses(&place, &["`ca.pem`", "No such file"]);
    place.write("ca.pem", "nothing", 0o644);
    refuses(&place, &["`mail.smtp_ca_file`", "PEM"]);
}

#[test]
fn the_password_of_the_mail_server_is_kept_like_any_secret() {
    let smtp = format!("smtp://keyhall:{SECRET}@mail.example.com");
    let place = Place::embedded();
    let text = format!("[mail]\nfrom = \"keyhall@example.com\"\nsmtp_url = \"{smtp}\"");
    place.write("keyhall.toml", &text, 0o644);
    refuses(&place, &["`keyhall.toml`", "chmod 600 keyhall.toml"]);
    place.write("keyhall.toml", &text, 0o600);
    let shown = place.run(&["config", "show"]);
    assert!(shown.success, "{}", shown.stderr);
    assert!(shown.stdout.contains("mail.smtp_url = [redacted]  # keyhall.toml\n"), "{}", shown.stdout);
    assert!(shown.stdout.contains("mail.from = \"keyhall@example.com\""), "{}", shown.stdout);
    assert!(!shown.stdout.contains(SECRET), "{}", shown.stdout);
}

#[test]
fn tokens_are_sent_to_git_providers_under_tls_or_to_this_machine() {
    for key in ["git.github_base_url", "git.gitlab_base_url"] {
        let with_password = format!("https://keyhall:{SECRET}@git.example.com");
        for (url, words) in [
            ("http://git.example.com", [key, "`https://`"]),
            ("http://10.0.0.1", [key, "`https://`"]),
            (SECRET, [key, "must be like"]),
            ("file:///etc/passwd", [key, "must be like"]),
            (&with_password, [key, "no user, no password"]),
            ("https://git.example.com?token=x", [key, "no query"]),
        ] {
            refuses(&Place::embedded().with(key, url), &words);
        }
        for good in ["https://git.example.com/api/v4", "http://127.0.0.1:9", "http://localhost:9"] {
            let shown = Place::embedded().with(key, good).run(&["config", "show"]);
            let line = format!("{key} = \"{good}\"  # the environment\n");
            assert!(shown.stdout.contains(&line), "{}{}", shown.stdout, shown.stderr);
        }
    }
}

#[test]
fn a_git_provider_has_a_time_and_authorities_that_are_ones() {
    for seconds in ["0", "61", "-1", "soon"] {
        refuses(&Place::embedded().with("git.timeout_seconds", seconds), &["`git.timeout_seconds`"]);
    }
    refuses(&Place::embedded().with("git.base_url", "x"), &["`base_url`", "`github_base_url`"]);
    let place = Place::on(&Database::migrated()).with("git.ca_file", "ca.pem");
    refuses(&place, &["`ca.pem`", "No such file"]);
    for text in ["nothing", "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n"] {
        place.write("ca.pem", text, 0o644);
        refuses(&place, &["`git.ca_file`", "PEM"]);
    }
    let shown = Place::embedded().run(&["config", "show"]);
    for line in [
        "git.github_base_url = \"https://api.github.com\"  # the defaults",
        "git.gitlab_base_url = \"https://gitlab.com/api/v4\"  # the defaults",
        "git.timeout_seconds = 10  # the defaults",
    ] {
        assert!(shown.stdout.lines().any(|shown| shown == line), "no `{line}` in {}", shown.stdout);
    }
}
