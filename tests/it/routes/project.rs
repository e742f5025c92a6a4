//! Projects.

use keyhall_tests::Deployment;
use serde_json::json;

#[tokio::test]
async fn whoever_makes_a_project_owns_it_and_others_do_not_see_it() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let (maker, other) =
        (account.person(&deployment, "admin").await, account.person(&deployment, "admin").await);

    let project = maker.post("/v1/projects", &json!({ "name": "Payments" })).await.expect(201);
    let path = format!("/v1/projects/{}", project.id());
    assert_eq!(project.header("location"), format!("https://keyhall.example{path}"));
    assert_eq!(project.body["createdBy"], json!({ "type": "member", "id": maker.member }));

    assert_eq!(maker.get(&path).await.expect(200).body, project.body);
    other.get(&path).await.expect_problem(404, "not-found");
    assert_eq!(other.get("/v1/projects").await.expect(200).body["total"], 0);
    assert_eq!(account.super_admin.get(&path).await.expect(200).body, project.body);
    assert_eq!(account.super_admin.get("/v1/projects").await.expect(200).body["total"], 1);
}
