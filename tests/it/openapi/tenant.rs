//! Every operation on the things of another account: for the highest there is next door, they do not exist.

use keyhall_tests::Deployment;

use super::document::guarded;
use super::fixture::{call, fill};

#[tokio::test]
async fn the_super_admin_of_another_account_finds_nothing_and_changes_nothing() {
    let deployment = Deployment::start().await;
    let (acme, other) = (deployment.account("Acme").await, deployment.account("Other").await);
    let strangers = [other.super_admin.clone(), other.super_admin.through_token().await];
    let addressed = guarded().into_iter().filter(|operation| !operation.placeholders().is_empty());
    for operation in addressed {
        let path = fill(&operation, &acme, &acme.super_admin).await.path;
        for stranger in &strangers {
            let before = deployment.database.count("audit_events", "true");
            let answer = call(&operation, &path, stranger, &other).await;
            assert_eq!(answer.status, 404, "{operation}: {:#}", answer.body);
            answer.expect_problem(404, "not-found");
            assert_eq!(deployment.database.count("audit_events", "true"), before, "{operation}");
        }
    }
}
