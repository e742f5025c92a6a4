//! The account.

use keyhall_tests::Deployment;
use serde_json::json;

#[tokio::test]
async fn every_member_sees_their_own_account_and_no_other() {
    let deployment = Deployment::start().await;
    let (acme, umbrella) = (deployment.account("Acme").await, deployment.account("Umbrella").await);
    let member = acme.person(&deployment, "member").await;

    for person in [&acme.super_admin, &member, &member.through_token().await] {
        let account = person.get("/v1/account").await.expect(200);
        assert_eq!((account.id(), &account.body["name"]), (acme.id.clone(), &json!("Acme")));
        assert_eq!(account.body["state"], "active");
    }
    assert_eq!(umbrella.super_admin.get("/v1/account").await.expect(200).id(), umbrella.id);
}
