//! A lent token is kept nowhere: it is sent on every way that there is, and then looked for everywhere.

use keyhall_tests::{Answer, CANARY, Database, GitMood, GitServer, Person, Place, READER, UNKNOWN, WRITER};
use reqwest::Method;
use serde_json::{Value, json};

use super::{github, gitlab, repositories};
use crate::sql;

#[tokio::test]
async fn a_lent_token_is_in_no_log_no_row_no_event_and_no_answer() {
    let (database, git) = (Database::migrated(), GitServer::start());
    let place = Place::on(&database).with("log.filter", "trace").with("git.timeout_seconds", "2");
    let place = place.with("git.github_base_url", &git.github()).with("git.gitlab_base_url", &git.gitlab());
    let made = place.bootstrap();
    let process = place.serve(&[]);
    let root = process.sign_in("ada@example.com", made["password"].as_str().expect("a password")).await;
    let path = repositories(&root, "Payments").await;

    let mut answers = every_way(&root, &path, &git).await;
    for read in [path.as_str(), "/v1/audit-events?limit=100"] {
        answers.push(root.get(read).await.expect(200));
    }
    for answer in &answers {
        let said = format!("{} {:?} {}", answer.status, answer.headers, answer.text);
        assert!(!said.contains(CANARY), "{said}");
    }
    let asked = git.requests();
    assert!(asked.iter().filter(|request| format!("{request:?}").contains(CANARY)).count() >= 20);

    let rows = sql::dump(&database);
    assert!(rows.iter().any(|row| row.starts_with("repositories ")));
    assert!(rows.iter().any(|row| row.starts_with("idempotency_records ")));
    let hexadecimal: String = CANARY.bytes().map(|byte| format!("{byte:02x}")).collect();
    for row in rows {
        assert!(!row.contains(CANARY) && !row.contains(&hexadecimal), "{row}");
    }
    let (status, log) = process.stop();
    assert!(status.success(), "{log}");
    assert!(log.contains("\"level\":\"TRACE\""), "the filter lets nothing through");
    assert!(log.contains("the Git provider cannot be asked"));
    for line in log.lines() {
        assert!(!line.contains(CANARY), "{line}");
    }
}

/// Success, each refusal, each trouble, and a header that is none; by both providers.
async fn every_way(root: &Person, path: &str, git: &GitServer) -> Vec<Answer> {
    let mut answers = Vec::new();
    for body in [github("payments"), gitlab("payments"), github("forbidden"), gitlab("nothing")] {
        for token in [UNKNOWN, READER, WRITER, WRITER] {
            answers.push(lend(root, path, &body, &[token]).await);
        }
    }
    let echo = format!("{{\"message\":\"{WRITER}\",\"default_branch\":\"\\n{WRITER}\"}}");
    let location = Some(format!("Location: http://127.0.0.1:9/{WRITER}"));
    for mood in [
        GitMood::Drips,
        GitMood::Floods,
        GitMood::Cuts,
        GitMood::Says { status: 301, header: location, body: String::new() },
        GitMood::Says { status: 200, header: None, body: echo.clone() },
        GitMood::Says { status: 401, header: None, body: echo.clone() },
        GitMood::Says { status: 429, header: Some(format!("Retry-After: {WRITER}")), body: echo.clone() },
        GitMood::Says { status: 500, header: None, body: echo },
    ] {
        git.set_mood(mood);
        for body in [github("vault"), gitlab("vault")] {
            answers.push(lend(root, path, &body, &[WRITER]).await);
        }
    }
    let spaced = format!("{WRITER} {WRITER}");
    for malformed in [[WRITER, READER].as_slice(), &[&spaced], &[&format!("khp_{WRITER}")]] {
        answers.push(lend(root, path, &github("vault"), malformed).await);
    }
    answers.push(lend(root, path, &json!({ "provider": "svn" }), &[WRITER]).await);
    answers.push(lend(&root.with_bearer("khu_x"), path, &github("vault"), &[WRITER]).await);
    for status in [201, 400, 401, 409, 503] {
        assert!(answers.iter().any(|answer| answer.status == status), "no {status}");
    }
    answers
}

async fn lend(person: &Person, path: &str, body: &Value, tokens: &[&str]) -> Answer {
    let request = person.request(Method::POST, path).json(body).header("Idempotency-Key", body.to_string());
    let request =
        tokens.iter().fold(request, |request, token| request.header("Git-Provider-Access-Token", *token));
    Answer::read(request.send().await.expect("the server answers")).await
}
