//! A part of the history: what the filters let through is exactly what they say.

use jiff::SignedDuration;
use keyhall_domain::id::{ApiCredentialId, MemberId, ProjectId, SessionId};
use keyhall_tests::{Deployment, Person};
use serde_json::{Value, json};

use super::{EVENTS, lived_in};

/// All events of the list, page by page.
async fn all(root: &Person, query: &str, limit: usize) -> Vec<Value> {
    let (mut events, mut more) = (Vec::new(), String::new());
    loop {
        let page = root.get(&format!("{EVENTS}?limit={limit}&{query}{more}")).await.expect(200).body;
        events.extend(page["results"].as_array().unwrap().iter().cloned());
        match page.get("more") {
            Some(token) => more = format!("&paginationToken={}", token.as_str().unwrap()),
            None => return events,
        }
    }
}

/// Whether an event passes a filter, told by what the event shows of itself.
fn passes(event: &Value, name: &str, value: &str) -> bool {
    let time = event["time"].as_str().unwrap();
    match name {
        "from" => time >= value,
        "to" => time < value,
        "actor" => event["actor"]["id"] == value || event["actor"]["type"] == value,
        "object" => event["object"]["id"] == value,
        "project" => event["projectId"] == value,
        other => event[other] == value,
    }
}

#[tokio::test]
async fn each_filter_and_all_pairs_let_through_what_they_say() {
    let deployment = Deployment::start().await;
    let (acme, _) = lived_in(&deployment).await;
    let root = &acme.super_admin;
    let middle = deployment.clock.now() + SignedDuration::from_secs(30);
    for name in ["a", "b"] {
        deployment.pass(SignedDuration::from_mins(1));
        root.post("/v1/projects", &json!({ "name": name })).await.expect(201);
    }
    let everything = all(root, "", 100).await;
    let project = everything[0]["projectId"].as_str().unwrap();
    let middle = middle.to_string();
    let filters = [
        ("from", middle.as_str()),
        ("from", everything[0]["time"].as_str().unwrap()),
        ("to", &middle),
        ("to", everything[0]["time"].as_str().unwrap()),
        ("actor", &root.member),
        ("actor", "operator"),
        ("actor", "anonymous"),
        ("action", "project.create"),
        ("action", "member.suspend"),
        ("object", project),
        ("object", everything.iter().find_map(|event| event["object"]["id"].as_str()).unwrap()),
        ("project", project),
        ("outcome", "success"),
        ("outcome", "refused"),
    ];
    for (name, value) in filters {
        let expected: Vec<_> =
            everything.iter().filter(|event| passes(event, name, value)).cloned().collect();
        assert!(
            !expected.is_empty() && expected.len() < everything.len(),
            "{name}={value} tells nothing apart"
        );
        for limit in [1, 2, 100] {
            assert_eq!(all(root, &format!("{name}={value}"), limit).await, expected, "{name}={value}");
        }
        for (other, its) in filters.iter().filter(|(other, _)| *other != name) {
            let expected: Vec<_> =
                expected.iter().filter(|event| passes(event, other, its)).cloned().collect();
            let query = format!("{name}={value}&{other}={its}");
            match (name, *other) {
                ("from", "to") if value > *its => {
                    assert_eq!(root.get(&format!("{EVENTS}?{query}")).await.status, 400);
                }
                ("to", "from") if *its > value => {}
                _ => assert_eq!(all(root, &query, 2).await, expected, "{query}"),
            }
        }
    }
}

#[tokio::test]
async fn ids_of_nothing_and_of_others_find_nothing() {
    let deployment = Deployment::start().await;
    let (acme, umbrella) = lived_in(&deployment).await;
    let theirs = all(&umbrella.super_admin, "", 100).await;
    let now = deployment.clock.now();
    let project = theirs.iter().find_map(|event| event["projectId"].as_str()).unwrap();
    let nothing = [
        format!("actor={}", umbrella.super_admin.member),
        format!("actor={}", MemberId::generate(now)),
        format!("actor={}", ApiCredentialId::generate(now)),
        format!("object={}", umbrella.id),
        format!("object={}", SessionId::generate(now)),
        format!("project={project}"),
        format!("project={}", ProjectId::generate(now)),
        "action=project.destroy".to_owned(),
        "from=2200-01-01T00:00:00Z".to_owned(),
        "to=0001-01-01T00:00:00Z".to_owned(),
        format!("from={now}&to={now}"),
    ];
    for query in nothing {
        assert_eq!(all(&acme.super_admin, &query, 1).await, Vec::<Value>::new(), "{query}");
    }
}

#[tokio::test]
async fn what_is_no_filter_is_refused_and_all_of_it_at_once() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let root = &account.super_admin;
    for (field, wrong) in [
        (
            "from",
            &[
                "",
                "yesterday",
                "2026-11-24",
                "2026-11-24T00:00:00",
                "2026-11-24T00:00:00+01:00",
                "1764000000",
            ][..],
        ),
        ("to", &["", "2026-02-30T00:00:00Z", "2026-11-24T00:00:00%2B01:00[Europe/Berlin]", "%00"]),
        ("actor", &["", "nobody", "Operator", "ses_01k8yzj4c5e6rtb7mf9gq2w3xn", "mbr_1", "*"]),
        ("action", &["", "project", "project.*", "PROJECT.CREATE", "a.b.c", "%25.%25", "a.%00"]),
        ("object", &["", "mbr_", "nix_01k8yzj4c5e6rtb7mf9gq2w3xn", "01k8yzj4c5e6rtb7mf9gq2w3xn"]),
        ("project", &["", "mbr_01k8yzj4c5e6rtb7mf9gq2w3xn", "*"]),
        ("outcome", &["", "Success", "failure"]),
    ] {
        for value in wrong {
            let answer = root.get(&format!("{EVENTS}?{field}={value}")).await;
            assert_eq!(answer.expect_problem(400, "invalid-request").violated(), [field], "{field}={value}");
        }
    }
    let all_wrong = "from=x&to=x&actor=x&action=x&object=x&project=x&outcome=x&limit=0&colour=red";
    let answer = root.get(&format!("{EVENTS}?{all_wrong}")).await.expect_problem(400, "invalid-request");
    let fields = ["action", "actor", "colour", "from", "limit", "object", "outcome", "project", "to"];
    assert_eq!(answer.violated(), fields);
    let backwards = "from=2026-11-24T00:00:00.000001Z&to=2026-11-24T00:00:00Z";
    let answer = root.get(&format!("{EVENTS}?{backwards}")).await.expect_problem(400, "invalid-request");
    assert_eq!(
        answer.body["violations"],
        json!([{ "field": "from", "message": "must not be later than `to`" }])
    );
}

#[tokio::test]
async fn a_token_goes_on_with_the_filters_that_it_was_given_for_and_no_others() {
    let deployment = Deployment::start().await;
    let (acme, _) = lived_in(&deployment).await;
    let root = &acme.super_admin;
    let filters =
        ["", "outcome=success", "from=2020-01-01T00:00:00Z", "to=2200-01-01T00:00:00Z", "actor=operator"];
    for given in &filters[..4] {
        let more = root.get(&format!("{EVENTS}?limit=1&{given}")).await.expect(200).text("more");
        for filter in filters {
            let answer = root.get(&format!("{EVENTS}?paginationToken={more}&{filter}")).await;
            if filter == *given {
                answer.expect(200);
            } else {
                assert_eq!(answer.expect_problem(400, "invalid-request").violated(), ["paginationToken"]);
            }
        }
    }
    // The same instant in another spelling is the same filter.
    let more =
        root.get(&format!("{EVENTS}?limit=1&from=2020-01-01T00:00:00Z")).await.expect(200).text("more");
    let same = "from=2020-01-01T02:00:00.000%2B02:00";
    root.get(&format!("{EVENTS}?paginationToken={more}&{same}")).await.expect(200);
}
