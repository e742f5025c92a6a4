//! TLS by Keyhall itself.

use keyhall_tests::{Database, Place};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use reqwest::{Certificate, Client, tls};

fn place() -> (Place, Certificate) {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let place = Place::on(&Database::migrated())
        .with("server.tls_certificate", "certificate.pem")
        .with("server.tls_key", "key.pem");
    place.write("certificate.pem", &cert.pem(), 0o644);
    place.write("key.pem", &signing_key.serialize_pem(), 0o600);
    (place, Certificate::from_pem(cert.pem().as_bytes()).unwrap())
}

#[tokio::test]
async fn whoever_trusts_the_certificate_is_served_by_tls_alone() {
    let (place, certificate) = place();
    let process = place.serve(&[]);
    for version in [tls::Version::TLS_1_2, tls::Version::TLS_1_3] {
        let client = Client::builder()
            .tls_certs_only([certificate.clone()])
            .min_tls_version(version)
            .max_tls_version(version)
            .build()
            .unwrap();
        let url = format!("https://{}/health/ready", process.address());
        assert_eq!(client.get(url).send().await.unwrap().status(), 200, "{version:?}");
    }

    let strangers = Client::new();
    let refused = strangers.get(format!("https://{}/health/ready", process.address())).send().await;
    assert!(refused.unwrap_err().is_connect());
    let plain = strangers.get(process.url("/health/ready")).send().await;
    assert!(plain.is_err(), "{plain:?}");
}

#[tokio::test]
async fn the_urls_that_it_says_begin_with_https() {
    let (place, certificate) = place();
    let client = Client::builder().tls_certs_only([certificate]).build().unwrap();
    let process = place.serve(&[]).by_tls(client);
    let document = process.get("/openapi.json").await.expect(200);
    let url = document.body["servers"][0]["url"].as_str().unwrap();
    assert!(url.starts_with("https://127.0.0.1:"), "{url}");
}

#[test]
fn files_that_cannot_be_used_are_named_and_never_shown() {
    let (place, _) = place();
    let good = std::fs::read_to_string(place.path("key.pem")).unwrap();
    let (other, _) = self::place();
    let stranger = std::fs::read_to_string(other.path("key.pem")).unwrap();
    let body = good.lines().nth(1).unwrap();
    for (key, words) in [
        ("", ["`key.pem`", "no private key"]),
        (good.split("-----END").next().unwrap(), ["`key.pem`", "not valid PEM"]),
        (&good.replace(body, &format!("!{body}")), ["`key.pem`", "not valid PEM"]),
        (&stranger, ["`key.pem`", "`certificate.pem`"]),
    ] {
        place.write("key.pem", key, 0o600);
        refuses(&place, &words, body);
    }
    place.write("key.pem", &good, 0o644);
    refuses(&place, &["`key.pem`", "chmod 600 key.pem"], body);

    place.write("key.pem", &good, 0o600);
    place.write("certificate.pem", "", 0o644);
    refuses(&place, &["`certificate.pem`", "no certificate"], body);
    std::fs::remove_file(place.path("certificate.pem")).unwrap();
    refuses(&place, &["`certificate.pem`", "No such file"], body);
}

#[track_caller]
fn refuses(place: &Place, words: &[&str], secret: &str) {
    let ended = place.run(&["serve", "--stop-with-parent"]);
    let complaint = ended.complaint(&[secret]);
    for word in words {
        assert!(complaint.contains(word), "no `{word}` in: {complaint}");
    }
}
