//! What there can be one of only: a project of a name, a living token of a name, an acceptance of an invitation.

use std::sync::Arc;

use keyhall_credential::password::{Password, PasswordHash, PasswordHasher, PasswordParameters, Verdict};
use keyhall_domain::id::MemberId;
use keyhall_tests::{Deployment, Person, accept};
use serde_json::json;

use super::{ROUNDS, Restore, race};
use crate::sql;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_projects_of_one_name_exactly_one_is_made() {
    let deployment = Deployment::start().await;
    let account = deployment.account("Acme").await;
    let (one, other) = (account.super_admin.clone(), account.person(&deployment, "admin").await);
    let events = deployment.database.count("audit_events", "true");
    for round in 0..ROUNDS {
        let make = |by: &Person, name: String| {
            let by = by.clone();
            async move { by.post("/v1/projects", &json!({ "name": name })).await.status }
        };
        let mut statuses =
            race(make(&one, format!("Project {round}")), make(&other, format!("PROJECT {round}"))).await;
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409], "round {round}");
    }
    assert_eq!(deployment.database.count("projects", "true"), ROUNDS as i64);
    assert_eq!(deployment.database.count("grants", "true"), ROUNDS as i64);
    assert_eq!(deployment.database.count("audit_events", "true"), events + ROUNDS as i64);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_tokens_of_one_name_exactly_one_is_made() {
    let deployment = Deployment::start().await;
    let root = deployment.account("Acme").await.super_admin;
    let forget = "DELETE FROM personal_access_tokens";
    let mut restore = Restore::keep(&deployment.database, &[], forget);
    for round in 0..ROUNDS {
        let make = || {
            let by = root.clone();
            async move { by.post("/v1/personal-access-tokens", &json!({ "name": "laptop" })).await.status }
        };
        let mut statuses = race(make(), make()).await;
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409], "round {round}");
        restore.run();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_acceptances_of_one_invitation_exactly_one_succeeds() {
    let deployment = Arc::new(Deployment::start().await);
    let account = deployment.account("Acme").await;
    let invitation = account.invite("grace@example.com", "member").await;
    let member = sql::uuid::<MemberId>(&invitation.id());
    let put_back = format!(
        "UPDATE members SET state = 'invited' WHERE id = '{member}';
         UPDATE users SET name = NULL, password_hash = NULL
             WHERE id = (SELECT user_id FROM members WHERE id = '{member}');
         INSERT INTO invitations SELECT * FROM kept_invitations"
    );
    let mut restore = Restore::keep(&deployment.database, &["invitations"], &put_back);
    let accepted = format!("object_id = '{member}' AND action = 'member.accept'");

    for round in 0..ROUNDS {
        let come = |name: &'static str| {
            let (deployment, invitation) = (deployment.clone(), invitation.clone());
            async move {
                let password = format!("{name} amber kettles hum politely");
                let answer = accept(&deployment, &invitation, &password, Some(name)).await;
                (answer.status, name)
            }
        };
        let mut answers = race(come("Grace"), come("Mallory")).await;
        answers.sort_unstable();
        let [(200, winner), (401, _)] = answers else { panic!("round {round}: {answers:?}") };
        let named = format!("name = '{winner}' AND password_hash IS NOT NULL");
        assert_eq!(deployment.database.count("users", &named), 1, "round {round}");
        assert_eq!(deployment.database.count("audit_events", &accepted), round as i64 + 1);
        restore.run();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_acceptances_by_one_new_person_in_two_accounts_one_sets_the_password_and_the_other_has_no_effect()
 {
    let deployment = Arc::new(Deployment::start().await);
    let (acme, umbrella) = (deployment.account("Acme").await, deployment.account("Umbrella").await);
    let invitations = [
        acme.invite("grace@example.com", "member").await,
        umbrella.invite("grace@example.com", "member").await,
    ];
    let mut restore = Restore::keep(
        &deployment.database,
        &["invitations"],
        "UPDATE users SET password_hash = NULL, name = NULL WHERE email_key = 'grace@example.com';
         UPDATE members SET state = 'invited' WHERE id IN (SELECT member_id FROM kept_invitations);
         DELETE FROM invitations; INSERT INTO invitations SELECT * FROM kept_invitations",
    );
    let passwords = ["seven purple otters juggle", "nine yellow badgers whistle"];
    let hash = "SELECT password_hash FROM users WHERE email_key = 'grace@example.com'";
    for round in 0..ROUNDS {
        let [one, other] = [0, 1].map(|index: usize| {
            let (deployment, invitation) = (deployment.clone(), invitations[index].clone());
            let (password, name) = (passwords[index], ["Grace", "Hopper"][index]);
            async move { accept(&deployment, &invitation, password, Some(name)).await.status }
        });
        let statuses = race(one, other).await;
        assert!(statuses.contains(&200), "round {round}: {statuses:?}");
        // Either the second met the first's transaction and went without effect, or it came later and had to give the
        // first's password, which is another.
        assert!(statuses.iter().any(|status| [401, 409].contains(status)), "round {round}: {statuses:?}");
        let stored =
            sql::rows(&deployment.database, hash).pop().expect("there is one")["password_hash"].clone();
        let winner = statuses.iter().position(|status| *status == 200).expect("there is one");
        let hash = PasswordHash::parse(stored.as_str().expect("it is set")).expect("a hash");
        let password = Password::parse(passwords[winner].to_owned()).expect("a password");
        let mut hasher = PasswordHasher::new(PasswordParameters::default()).expect("a hasher");
        let verdict = hasher.verify(&password, &hash).expect("it is checked");
        assert_eq!(
            verdict,
            Verdict::Match { rehash: false },
            "round {round}: the password is whose acceptance counted"
        );
        restore.run();
    }
}
