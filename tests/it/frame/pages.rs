//! What people and machines read outside the API: the pages of problems, health, the way to the documents.

use keyhall_tests::{Answer, Deployment};

use super::{send, start};

#[tokio::test]
async fn the_type_of_a_problem_is_the_url_of_its_page() {
    let (deployment, account) = start().await;
    let member = account.person(&deployment, "member").await;
    let token = account.super_admin.through_token().await;
    let problems = [
        get(&deployment, "/v1/me").await,
        account.super_admin.get("/v1/projects/x").await,
        account.super_admin.get("/v1/nothing").await,
        account.super_admin.delete("/v1/me").await,
        account.super_admin.act("/v1/projects").await,
        member.get("/v1/audit-events").await,
        token.get("/v1/sessions/current").await,
        account.super_admin.delete(&format!("/v1/members/{}", account.super_admin.member)).await,
    ];
    for problem in problems {
        let kind = problem.text("type");
        let path = kind.strip_prefix("https://keyhall.example").expect("under the public URL");
        let page = get(&deployment, path).await.expect(200);
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        let text = page.body.as_str().expect("a page is text");
        assert!(
            text.contains(&problem.text("title")) && text.contains(&problem.status.to_string()),
            "{text}"
        );
    }
    get(&deployment, "/problems/nonsense").await.expect_problem(404, "not-found");
}

#[tokio::test]
async fn health_is_told_to_everybody() {
    let deployment = Deployment::start().await;
    for path in ["/health/live", "/health/ready"] {
        let answer = get(&deployment, path).await.expect(200);
        assert_eq!(answer.text("status"), "ok");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn pages_run_nothing_from_elsewhere() {
    let deployment = Deployment::start().await;
    for path in ["/invite", "/reset", "/confirm-email", "/problems/not-found"] {
        let policy = get(&deployment, path).await.expect(200).header("content-security-policy").to_owned();
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe"), "{policy}");
    }
}

async fn get(deployment: &Deployment, path: &str) -> Answer {
    send(deployment.client.get(deployment.url(path))).await
}
