//! What the provider is sent, and what becomes of its refusals.

use keyhall_domain::repository::{GitProvider, NewRepository, ProviderParameters};
use keyhall_outbound::{GitAuthorities, GitProviderError, GitProviderOptions, GitProviders};
use keyhall_tests::{Deployment, GitMood, GitServer, READER, UNKNOWN};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use serde_json::json;

use super::{github, gitlab, lend, start};

#[tokio::test]
async fn github_is_asked_as_it_documents() {
    let deployment = Deployment::start().await;
    let (account, path) = start(&deployment).await;
    account.super_admin.post(&path, &github("payments")).await.expect(201);
    lend(&account.super_admin, &path, &github("vault"), READER).await.expect(201);
    let [public, private] = deployment.git.requests().try_into().unwrap();
    assert_eq!(public.line, "GET /github/repos/acme/payments");
    assert_eq!(private.line, "GET /github/repos/acme/vault");
    for request in [&public, &private] {
        assert_eq!(request.header("accept"), ["application/vnd.github+json"]);
        assert_eq!(request.header("x-github-api-version"), ["2022-11-28"]);
        assert!(request.header("user-agent")[0].starts_with("keyhall/"));
        for other in ["private-token", "cookie", "referer", "git-provider-access-token"] {
            assert!(request.header(other).is_empty(), "{request:?}");
        }
        assert!(!format!("{request:?}").contains(&account.super_admin.bearer), "{request:?}");
    }
    assert!(public.header("authorization").is_empty());
    assert_eq!(private.header("authorization"), [format!("Bearer {READER}")]);
}

#[tokio::test]
async fn gitlab_is_asked_as_it_documents() {
    let deployment = Deployment::start().await;
    let (account, path) = start(&deployment).await;
    account.super_admin.post(&path, &gitlab("payments")).await.expect(201);
    lend(&account.super_admin, &path, &gitlab("vault"), READER).await.expect(201);
    let [public, private] = deployment.git.requests().try_into().unwrap();
    assert_eq!(public.line, "GET /gitlab/api/v4/projects/acme%2Fbackend%2Fpayments");
    assert_eq!(private.line, "GET /gitlab/api/v4/projects/acme%2Fbackend%2Fvault");
    assert!(public.header("private-token").is_empty());
    assert_eq!(private.header("private-token"), [READER]);
    for request in [&public, &private] {
        assert!(request.header("authorization").is_empty(), "{request:?}");
    }
}

#[tokio::test]
async fn a_refusal_has_a_reason_in_our_own_words() {
    let deployment = Deployment::start().await;
    let (account, path) = start(&deployment).await;
    let root = &account.super_admin;
    for (name, token, reason, words) in [
        ("payments", Some(UNKNOWN), "token-rejected", "does not accept the token"),
        ("nothing", Some(READER), "no-such-repository", "that this token may see"),
        ("vault", None, "no-such-repository", "private one"),
        ("forbidden", Some(READER), "no-right", "does not allow"),
    ] {
        for body in [github(name), gitlab(name)] {
            let answer = match token {
                Some(token) => lend(root, &path, &body, token).await,
                None => root.post(&path, &body).await,
            };
            let answer = answer.expect_problem(409, "repository-refused");
            assert_eq!(answer.text("reason"), reason);
            assert!(answer.text("detail").contains(words), "{}", answer.text);
            assert!(
                !answer.text.contains("PROVIDER-SAYS") && !answer.text.contains("SAML"),
                "{}",
                answer.text
            );
        }
    }
    deployment.git.say(401, "PROVIDER-SAYS");
    let answer = root.post(&path, &github("payments")).await.expect_problem(409, "repository-refused");
    assert_eq!(answer.text("reason"), "token-required");
    assert_eq!(deployment.database.count("repositories", "true"), 0);
}

#[tokio::test]
async fn no_redirect_is_followed_and_no_token_goes_with_one() {
    let deployment = Deployment::start().await;
    let (account, path) = start(&deployment).await;
    let elsewhere = GitServer::start();
    for status in [301, 302, 303, 307, 308] {
        let header = Some(format!("Location: {}/repos/acme/payments", elsewhere.github()));
        deployment.git.set_mood(GitMood::Says { status, header, body: String::new() });
        for body in [github("payments"), gitlab("payments")] {
            let answer = lend(&account.super_admin, &path, &body, READER).await;
            let answer = answer.expect_problem(409, "repository-refused");
            assert_eq!(answer.text("reason"), "moved");
            assert!(!answer.text.contains(&elsewhere.github()), "{}", answer.text);
        }
    }
    assert!(elsewhere.requests().is_empty());
    assert_eq!(deployment.git.requests().len(), 10, "each was asked once");
}

#[tokio::test]
async fn a_token_goes_to_a_provider_whose_certificate_is_trusted_and_to_no_other() {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let server = GitServer::protected(&cert.pem(), &signing_key.serialize_pem());
    let trusted = GitAuthorities::from_pem(cert.pem().as_bytes()).unwrap();
    let parameters = ProviderParameters::of(GitProvider::GitHub, "acme").unwrap();
    let new = NewRepository::new(parameters, "vault").unwrap();
    let ask = async |trusted: GitAuthorities| {
        let providers = GitProviders::new(GitProviderOptions { trusted, ..server.options() }).unwrap();
        providers.ask(&new, Some(&READER.parse().unwrap())).await
    };
    let refused = ask(GitAuthorities::default()).await;
    assert!(matches!(refused, Err(GitProviderError::Unreachable(_))), "{refused:?}");
    assert!(server.requests().is_empty());
    let metadata = ask(trusted).await.unwrap();
    assert_eq!(json!(metadata.default_branch), "main");
    assert_eq!(server.requests().len(), 1);
}
