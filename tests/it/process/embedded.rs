//! A PostgreSQL of the deployment's own: made at the first start, and there only as long as the server.

use keyhall_tests::{Database, Place, Process, lives, wait_until};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};

const BOOTSTRAP: &[&str] = &["admin", "bootstrap", "--account", "Acme", "--email", "ada@example.com"];

#[tokio::test]
async fn the_first_start_needs_nothing_and_the_second_goes_on() {
    let place = Place::embedded();
    let process = place.serve(&[]);
    let made = place.bootstrap();
    assert_eq!(made["email"], "ada@example.com");
    let password = made["password"].as_str().unwrap();
    let ada = process.sign_in("ada@example.com", password).await;
    let project = ada.post("/v1/projects", &json!({ "name": "Payments" })).await.expect(201);

    let postmaster = place.postmaster().expect("PostgreSQL runs");
    let (status, log) = process.stop();
    assert!(status.success(), "{log}");
    assert!(!lives(postmaster), "{log}");

    let process = place.serve(&[]);
    let ada = process.sign_in("ada@example.com", password).await;
    let path = format!("/v1/projects/{}", project.id());
    assert_eq!(ada.get(&path).await.expect(200).body, project.body);
}

#[test]
fn a_server_whose_parent_dies_stops_in_order() {
    let place = Place::embedded();
    let mut process = place.serve(&["--stop-with-parent"]);
    let postmaster = place.postmaster().expect("PostgreSQL runs");
    drop(process.input.take());
    let (status, log) = process.end();
    assert!(status.success(), "{log}");
    assert!(!lives(postmaster), "{log}");
}

#[test]
fn a_server_whose_input_ends_goes_on_unless_it_was_told_otherwise() {
    let mut process = Place::on(&Database::migrated()).serve(&[]);
    drop(process.input.take());
    wait_until("it answers without an input", || std::net::TcpStream::connect(process.address()).is_ok());
    let (status, log) = process.stop();
    assert!(status.success(), "{log}");
}

#[test]
fn a_server_that_is_told_to_stop_while_it_starts_leaves_nothing_behind() {
    let place = Place::embedded();
    let child = place.spawn(&["serve"]);
    let mut postmaster = None;
    wait_until("PostgreSQL starts", || {
        postmaster = place.postmaster();
        postmaster.is_some()
    });
    kill(Pid::from_raw(child.id().try_into().unwrap()), Signal::SIGTERM).unwrap();
    let output = child.wait_with_output().unwrap();
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{log}");
    assert!(!lives(postmaster.unwrap()), "{log}");
}

#[tokio::test]
async fn a_second_server_on_the_same_data_is_refused() {
    let place = Place::embedded();
    let process = place.serve(&[]);
    let second = place.run(&["serve", "--stop-with-parent"]);
    let complaint = second.complaint(&[]);
    assert!(complaint.contains(&format!("is in use by process {}", process.id())), "{complaint}");
    assert!(complaint.contains(&place.data_dir().display().to_string()), "{complaint}");
    process.get("/health/ready").await.expect(200);
}

#[test]
fn a_folder_without_postgresql_is_refused() {
    let place = Place::embedded();
    std::fs::create_dir(place.path("empty")).unwrap();
    let ended = place.with("embedded.postgresql_bin", "empty").run(&["serve", "--stop-with-parent"]);
    let complaint = ended.complaint(&[]);
    assert!(complaint.contains("`empty`") && complaint.contains("`postgres` and `initdb`"), "{complaint}");
}

#[tokio::test]
async fn the_first_account_is_made_beside_the_server_or_without_it_and_once() {
    let place = Place::on(&Database::migrated());
    let first = place.run(&[BOOTSTRAP, &["--if-empty"]].concat());
    assert!(first.success, "{}", first.stderr);
    let lines: Vec<_> = first.stdout.lines().collect();
    let [account, super_admin, password] = lines.as_slice() else { panic!("{}", first.stdout) };
    assert!(account.starts_with("Account      Acme (acc_"), "{account}");
    assert_eq!(*super_admin, "Super Admin  ada@example.com");
    let password =
        password.strip_prefix("Password     ").and_then(|text| text.strip_suffix("   (shown once)"));
    let process = place.serve(&[]);
    let ada = process.sign_in("ada@example.com", password.unwrap()).await;

    let second = place.run(&[BOOTSTRAP, &["--if-empty"]].concat());
    assert!(second.success, "{}", second.stderr);
    assert_eq!(second.stdout, "There is an account already; nothing was changed.\n");
    let third = place.run(&[BOOTSTRAP, &["--if-empty", "--json"]].concat());
    assert_eq!(serde_json::from_str::<Value>(&third.stdout).unwrap(), json!({ "created": false }));

    let another = place.run(BOOTSTRAP);
    assert!(another.stdout.contains("Password     the one they have"), "{}", another.stdout);
    ada.get("/v1/me").await.expect(200);
    several_accounts(&process, password.unwrap()).await;
}

/// Who is in two accounts by now is asked which one.
async fn several_accounts(process: &Process, password: &str) {
    let body = json!({ "email": "ada@example.com", "password": password });
    let request = process.client.post(process.url("/v1/sessions")).json(&body);
    let answer = keyhall_tests::Answer::read(request.send().await.unwrap()).await.expect(409);
    assert_eq!(answer.body["accounts"].as_array().map(Vec::len), Some(2), "{:#}", answer.body);
}
