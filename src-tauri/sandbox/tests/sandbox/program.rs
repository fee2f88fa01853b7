//! Owns the proof of the program itself: its ready file, its silence, its memory and its ends.

use crate::support::{House, read};
use latchkey_sandbox::Ready;
use reqwest::{Client, Method};
use serde_json::json;
use std::path::Path;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, Command};

/// Starts the program and waits until it has said that it is there.
async fn start(folder: &Path, arguments: &[&str]) -> (Child, Ready, String) {
    let file = folder.join("ready.json");
    let mut child = Command::new(env!("CARGO_BIN_EXE_latchkey-sandbox"))
        .arg("--ready-file")
        .arg(&file)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut said = String::new();
    let mut lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    while !said.contains("client id") {
        said.push_str(&lines.next_line().await.unwrap().expect("it ended early"));
        said.push('\n');
    }
    let ready = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    (child, ready, said)
}

#[tokio::test]
async fn the_ready_file_is_whole_private_and_gone_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let (mut child, ready, said) = start(folder.path(), &["--exit-with-parent"]).await;
    assert_eq!(Some(ready.pid), child.id());
    assert!(said.contains(&ready.basic_memory.host) && !said.contains(&ready.admin.token));
    for (host, key) in [
        (&ready.memory_api.host, &ready.memory_api.admin_key),
        (&ready.memory_os.host, &ready.memory_os.admin_key),
        (&ready.memory_kit.host, &ready.memory_kit.keys[0].key),
    ] {
        assert!(said.contains(host) && !said.contains(key) && !format!("{ready:?}").contains(key));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(folder.path().join("ready.json")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    drop(child.stdin.take());
    assert!(child.wait().await.unwrap().success(), "it ends when its parent is gone");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[cfg(unix)]
#[tokio::test]
async fn it_ends_well_when_it_is_told_to_even_with_a_parent_that_lives() {
    for signal in ["-TERM", "-INT"] {
        let folder = tempfile::tempdir().unwrap();
        let (mut child, ready, _) = start(folder.path(), &["--exit-with-parent"]).await;
        let told = std::process::Command::new("kill").args([signal, &ready.pid.to_string()]).status().unwrap();
        assert!(told.success());
        assert!(child.wait().await.unwrap().success(), "{signal}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

#[tokio::test]
async fn nothing_secret_is_said_or_kept() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data.sqlite");
    let (mut child, ready, _) = start(folder.path(), &["--data", data.to_str().unwrap(), "--exit-with-parent"]).await;
    let mut stderr = child.stderr.take().unwrap();
    let stdout = child.stdout.take().unwrap();

    let house = House::at(ready);
    let tokens = house.sign_in(1).await;
    let (_, secret) = house.key(tokens["access_token"].as_str().unwrap(), "laptop").await;
    assert_eq!(house.health(&secret).await, 200);
    let stranger = "bmc_notmintedhere0000000000000000000EXAMPLE";
    assert_eq!(house.health(stranger).await, 401);
    house.refresh(&tokens["refresh_token"]).await;
    let strangers = ["mem_live_notmintedhereEXAMPLE", "mos_live_notmintedhereEXAMPLE", "ctx_notmintedhereEXAMPLE"];
    for (request, stranger) in [
        house.memory_api(Method::GET, "/account"),
        house.memory_os(Method::GET, "/keys"),
        house.memory_kit(Method::GET, "/status"),
    ]
    .into_iter()
    .zip(strangers)
    {
        assert_eq!(house.outcome(request.bearer_auth(stranger), None).await.status, 401);
    }
    let request = house.memory_api(Method::GET, "/account").bearer_auth(&house.ready.memory_api.admin_key);
    assert_eq!(house.outcome(request, None).await.status, 200);
    let (ours, theirs) = (&house.ready.memory_api.admin_key, &house.ready.memory_os.admin_key);

    drop(child.stdin.take());
    assert!(child.wait().await.unwrap().success());
    let (mut said, mut complained) = (Vec::new(), Vec::new());
    BufReader::new(stdout).read_to_end(&mut said).await.unwrap();
    stderr.read_to_end(&mut complained).await.unwrap();
    let kept = std::fs::read(&data).unwrap();
    for hidden in [
        &*secret,
        stranger,
        strangers[0],
        strangers[1],
        strangers[2],
        ours,
        theirs,
        &house.ready.memory_kit.keys[0].key,
        &house.ready.memory_kit.keys[1].key,
        tokens["access_token"].as_str().unwrap(),
        tokens["refresh_token"].as_str().unwrap(),
        &house.ready.admin.token,
    ] {
        for bytes in [&said, &complained, &kept] {
            assert!(!bytes.windows(hidden.len()).any(|window| window == hidden.as_bytes()));
        }
    }
    assert!(kept.windows(6).any(|window| window == b"laptop"), "names are kept, so the search sees the file");
}

#[tokio::test]
async fn a_data_file_outlives_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data.sqlite");
    let arguments = ["--data", data.to_str().unwrap(), "--seed", "3", "--exit-with-parent"];
    let (mut child, ready, _) = start(folder.path(), &arguments).await;
    let house = House::at(ready);
    let tokens = house.sign_in(1).await;
    let (_, secret) = house.key(tokens["access_token"].as_str().unwrap(), "laptop").await;
    let former = house.ready.memory_api.admin_key.clone();
    let request = house.memory_api(Method::POST, "/account/api-keys").bearer_auth(&former);
    let made = house.outcome(request, Some(json!({ "name": "phone" }))).await;
    let phone = made.body["data"]["key"].as_str().unwrap().to_owned();
    drop(child.stdin.take());
    child.wait().await.unwrap();

    let (_child, ready, _) = start(folder.path(), &arguments).await;
    let house = House::at(ready);
    assert_eq!(house.health(&secret).await, 200);
    assert_eq!(house.refresh(&tokens["refresh_token"]).await.0, 200);
    let (_, keys) = house.admin(Method::GET, "/admin/keys", None).await;
    assert_eq!(keys.as_array().unwrap().len(), 4, "seeded once, not twice");
    let (_, keys) = house.admin(Method::GET, "/admin/keys?service=memory-api", None).await;
    let names: Vec<_> = keys.as_array().unwrap().iter().map(|key| key["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["phone", "Latchkey on this computer"], "the admin key is minted anew, not added");
    let account = |key: &str| house.memory_api(Method::GET, "/account").bearer_auth(key);
    assert_eq!(house.outcome(account(&phone), None).await.status, 200);
    assert_eq!(house.outcome(account(&former), None).await.status, 401);
    assert_eq!(house.outcome(account(&house.ready.memory_api.admin_key), None).await.status, 200);
}

#[tokio::test]
async fn a_ready_file_that_cannot_be_written_is_an_error_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("nowhere").join("ready.json");
    let output = Command::new(env!("CARGO_BIN_EXE_latchkey-sandbox")).arg("--ready-file").arg(&file).output();
    let output = output.await.unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8(output.stderr).unwrap().contains("nowhere"));
}

#[tokio::test]
async fn the_sandbox_of_a_test_ends_with_it() {
    let house = House::open(&[]).await;
    let address = format!("{}/proxy/health", house.ready.basic_memory.host);
    let http = Client::builder().no_proxy().build().unwrap();
    assert_eq!(
        read(http.get(&address).send().await.unwrap()).await.1,
        json!({
            "detail": "Invalid JWT token. Authentication required."
        })
    );
    drop(house);
    tokio::task::yield_now().await;
    let http = Client::builder().no_proxy().build().unwrap();
    assert!(http.get(&address).send().await.unwrap_err().is_connect());
}
