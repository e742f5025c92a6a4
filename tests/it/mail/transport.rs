//! The way to the mail server: TLS where it is asked for, by a certificate that is trusted, and never less.

use keyhall_outbound::{Sender, SmtpServer as Server, TrustedAuthorities};
use keyhall_tests::{Deployment, Protection, SmtpServer};
use rcgen::{CertifiedKey, generate_simple_self_signed};

use super::{back, invite, start, waiting};

/// A protected server, and what trusts it.
fn protected(protection: Protection) -> (SmtpServer, TrustedAuthorities) {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let server = SmtpServer::protected(protection, &cert.pem(), &signing_key.serialize_pem());
    (server, TrustedAuthorities::from_pem(cert.pem().as_bytes()).unwrap())
}

fn sender(url: &str, trusted: &TrustedAuthorities) -> Sender {
    let server: Server = url.parse().unwrap();
    Sender::by_smtp("keyhall@example.org".parse().unwrap(), &server, trusted).unwrap()
}

async fn send(deployment: &Deployment, url: &str, trusted: &TrustedAuthorities) -> usize {
    deployment.pass(jiff::SignedDuration::from_hours(6));
    deployment.mailer_with(sender(url, trusted)).send_due().await.unwrap()
}

#[tokio::test]
async fn mail_and_password_go_by_tls_from_the_first_byte_or_after_starttls() {
    let (deployment, mut account, _) = start().await;
    for (protection, scheme, query) in
        [(Protection::Tls, "smtps", ""), (Protection::StartTls, "smtp", "?tls=required")]
    {
        let (server, trusted) = protected(protection);
        let port = server.address().port();
        let url = format!("{scheme}://ada%40example.com:s%3Acret%2F@localhost:{port}{query}");
        back(&deployment, &mut account).await;
        invite(&account, &format!("grace-{scheme}@example.com")).await;
        assert_eq!(send(&deployment, &url, &trusted).await, 1, "{protection:?}");
        let [arrival] = server.arrivals().try_into().unwrap();
        assert!(arrival.over_tls);
        assert_eq!(arrival.signed_in, Some(("ada@example.com".to_owned(), "s:cret/".to_owned())));
    }
}

#[tokio::test]
async fn nothing_is_sent_to_a_server_whose_certificate_is_not_trusted_or_that_offers_no_tls() {
    let (deployment, account, plain) = start().await;
    invite(&account, "grace@example.com").await;
    let nobody = TrustedAuthorities::default();
    for (protection, scheme, query) in
        [(Protection::Tls, "smtps", ""), (Protection::StartTls, "smtp", "?tls=required")]
    {
        let ((server, trusted), (_, others)) = (protected(protection), protected(protection));
        let port = server.address().port();
        for (host, trusted) in [("localhost", &nobody), ("localhost", &others), ("127.0.0.1", &trusted)] {
            let url = format!("{scheme}://ada:secret@{host}:{port}{query}");
            assert_eq!(send(&deployment, &url, trusted).await, 0, "{url}");
        }
        assert!(server.connections() >= 3);
        assert!(server.arrivals().is_empty());
        let stripped = format!("{scheme}://ada:secret@localhost:{}{query}", plain.address().port());
        assert_eq!(send(&deployment, &stripped, &trusted).await, 0, "{stripped}");
    }
    assert!(plain.arrivals().is_empty());
    assert_eq!(waiting(&deployment), 1);
}
