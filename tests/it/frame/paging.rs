//! Lists in pages: newest first, always in the same order, nothing twice and nothing left out.

use jiff::SignedDuration;
use keyhall_tests::{Account, Deployment, Person};
use serde_json::{Value, json};

use super::start;

/// More than a page has unless asked.
const PROJECTS: usize = 27;

#[tokio::test]
async fn the_pages_of_a_list_are_disjoint_complete_and_newest_first() {
    let (deployment, account) = start().await;
    let made = projects(&deployment, &account).await;
    for size in [1, 10, 25, 26, 27, 100] {
        let mut all = Vec::new();
        for number in 0..PROJECTS.div_ceil(size) {
            let page = page(&account.super_admin, &format!("page={number}&size={size}")).await;
            assert_eq!(
                (&page["page"], &page["size"], &page["total"]),
                (&json!(number), &json!(size), &json!(PROJECTS))
            );
            assert!(
                number == PROJECTS / size || results(&page).len() == size,
                "only the last page is not full"
            );
            all.extend(results(&page));
        }
        let times: Vec<_> =
            all.iter().map(|project| project["createdAt"].as_str().expect("a time")).collect();
        assert!(times.is_sorted_by(|newer, older| newer >= older), "{times:?}");
        let mut ids: Vec<_> =
            all.iter().map(|project| project["id"].as_str().expect("an id").to_owned()).collect();
        ids.sort();
        assert_eq!(ids, made, "in pages of {size}");
    }
}

#[tokio::test]
async fn a_list_has_25_results_a_page_from_the_first_unless_asked() {
    let (deployment, account) = start().await;
    projects(&deployment, &account).await;
    let plain = page(&account.super_admin, "").await;
    assert_eq!((results(&plain).len(), &plain["size"], &plain["page"]), (25, &json!(25), &json!(0)));
    assert_eq!(plain, page(&account.super_admin, "page=0&size=25").await);
}

#[tokio::test]
async fn a_page_beyond_the_end_is_empty_and_has_the_total() {
    let (deployment, account) = start().await;
    projects(&deployment, &account).await;
    for query in ["page=2", "page=27&size=1", "page=4294967295&size=100"] {
        let page = page(&account.super_admin, query).await;
        assert_eq!((&page["results"], &page["total"]), (&json!([]), &json!(PROJECTS)), "{query}");
    }
}

#[tokio::test]
async fn what_is_new_stands_first_and_moves_the_rest() {
    let (deployment, account) = start().await;
    projects(&deployment, &account).await;
    let before = results(&page(&account.super_admin, "size=100").await);
    deployment.pass(SignedDuration::from_secs(1));
    let new = account.super_admin.post("/v1/projects", &json!({ "name": "New" })).await.expect(201).body;
    let after = results(&page(&account.super_admin, "size=100").await);
    assert_eq!(after, [vec![new], before].concat());
}

/// Projects, two of each moment; their ids, sorted.
async fn projects(deployment: &Deployment, account: &Account) -> Vec<String> {
    let mut ids = Vec::new();
    for number in 0..PROJECTS {
        let new = json!({ "name": format!("Project {number}") });
        ids.push(account.super_admin.post("/v1/projects", &new).await.expect(201).id());
        deployment.pass(SignedDuration::from_secs(if number % 2 == 0 { 0 } else { 1 }));
    }
    ids.sort();
    ids
}

async fn page(person: &Person, query: &str) -> Value {
    person.get(&format!("/v1/projects?{query}")).await.expect(200).body
}

fn results(page: &Value) -> Vec<Value> {
    page["results"].as_array().expect("a page has results").clone()
}
