//! Forwarded addresses: what a caller writes changes nothing, what a configured proxy writes is the caller's address.

use keyhall_api::{ForwardedHeader, TrustedProxies};
use keyhall_tests::{Account, Deployment, Options};
use reqwest::Method;
use serde_json::{Value, json};

use super::{send, start};

/// A start behind a proxy on the same machine that writes this header.
async fn behind_a_proxy(header: ForwardedHeader) -> (Deployment, Account) {
    let trusted_proxies = TrustedProxies::new(["127.0.0.0/8".parse().unwrap()], header);
    let deployment = Deployment::start_with(Options { trusted_proxies, ..Options::default() }).await;
    let account = deployment.account("Acme").await;
    (deployment, account)
}

/// Makes a project with these headers, and says from where the audit has it.
async fn made_from(account: &Account, name: &str, headers: &[(&str, &str)]) -> Value {
    let mut request =
        account.super_admin.request(Method::POST, "/v1/projects").json(&json!({ "name": name }));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(request).await.expect(201);
    let events = account.super_admin.get("/v1/audit-events?limit=1").await.expect(200).body;
    assert_eq!(events["results"][0]["after"]["name"], name);
    events["results"][0]["address"].clone()
}

#[tokio::test]
async fn without_configuration_no_header_changes_an_address() {
    let (_deployment, account) = start().await;
    for (index, header) in [
        ("forwarded", "for=192.0.2.1"),
        ("x-forwarded-for", "192.0.2.1"),
        ("x-real-ip", "192.0.2.1"),
        ("true-client-ip", "192.0.2.1"),
        ("cf-connecting-ip", "192.0.2.1"),
        ("x-forwarded-host", "evil.example"),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(
            made_from(&account, &format!("Project {index}"), &[header]).await,
            "127.0.0.1",
            "{header:?}"
        );
    }
}

#[tokio::test]
async fn a_configured_proxy_names_the_caller_and_nobody_to_the_left_of_them() {
    let (_deployment, account) = behind_a_proxy(ForwardedHeader::XForwardedFor).await;
    for (index, (headers, expected)) in [
        (&[("x-forwarded-for", "203.0.113.7, 192.0.2.1")][..], "192.0.2.1"),
        (&[("x-forwarded-for", "192.0.2.1, 127.0.0.9")], "192.0.2.1"),
        (&[("x-forwarded-for", "203.0.113.7"), ("x-forwarded-for", "192.0.2.1")], "192.0.2.1"),
        (&[("x-forwarded-for", "192.0.2.1, unknown")], "127.0.0.1"),
        (&[("forwarded", "for=192.0.2.1")], "127.0.0.1"),
        (&[("forwarded", "for=192.0.2.1"), ("x-forwarded-for", "203.0.113.7")], "203.0.113.7"),
        (&[("x-real-ip", "192.0.2.1")], "127.0.0.1"),
        (&[], "127.0.0.1"),
    ]
    .into_iter()
    .enumerate()
    {
        let address = made_from(&account, &format!("Project {index}"), headers).await;
        assert_eq!(address, expected, "{headers:?}");
    }
}

#[tokio::test]
async fn a_proxy_that_writes_the_standards_header_is_read_there_alone() {
    let (_deployment, account) = behind_a_proxy(ForwardedHeader::Forwarded).await;
    for (index, (headers, expected)) in [
        (&[("forwarded", "for=203.0.113.7, for=\"[2001:db8::1]:4711\"")][..], "2001:db8::1"),
        (&[("forwarded", "for=_hidden")], "127.0.0.1"),
        (&[("forwarded", "for=192.0.2.1"), ("x-forwarded-for", "203.0.113.7")], "192.0.2.1"),
        (&[("x-forwarded-for", "203.0.113.7")], "127.0.0.1"),
    ]
    .into_iter()
    .enumerate()
    {
        let address = made_from(&account, &format!("Project {index}"), headers).await;
        assert_eq!(address, expected, "{headers:?}");
    }
}

#[tokio::test]
async fn a_session_is_begun_where_the_proxy_says_and_its_links_stay_ours() {
    let (deployment, account) = behind_a_proxy(ForwardedHeader::XForwardedFor).await;
    let root = &account.super_admin;
    let body = json!({ "email": root.email, "password": root.password });
    let request = deployment.client.post(deployment.url("/v1/sessions")).json(&body);
    let request = request.header("x-forwarded-for", "192.0.2.1").header("x-forwarded-host", "evil.example");
    let request = request.header("forwarded", "for=192.0.2.1;host=evil.example;proto=gopher");
    let session = send(request).await.expect(201);
    assert_eq!(session.body["address"], "192.0.2.1");
    assert_eq!(session.header("location"), "https://keyhall.example/v1/sessions/current");
}
