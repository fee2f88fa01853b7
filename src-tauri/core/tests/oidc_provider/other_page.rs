//! Owns the attack of a page at another origin in a real browser (Chromium): it fetches, embeds, draws and
//! posts to the listener, even with the right state, and gets nothing and changes nothing.

use super::small_server::{Reply, SmallServer};
use super::{CLIENT, SCOPES, SignIn};
use latchkey_core::oauth::{CameBack, start_code_grant};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;

/// What the page does. It says `done` once everything was tried, and what it could read of the answers.
const PAGE: &str = r#"<!doctype html><meta charset="utf-8"><title>another page</title>
<iframe name="inside"></iframe>
<form id="post" method="post" target="inside" action="TARGET"><input name="code" value="posted"></form>
<form id="get" method="get" target="inside" action="BASE"><input name="code" value="got"><input name="state" value="STATE"></form>
<script>
const read = [];
const tried = async (name, what) => { try { read.push(name + ":" + await what()); } catch { read.push(name + ":refused"); } };
const element = (tag, url) => new Promise((resolve) => {
  const one = document.createElement(tag);
  one.onload = () => resolve("loaded"); one.onerror = () => resolve("refused");
  one[tag === "link" ? "href" : "src"] = url;
  if (tag === "link") one.rel = "stylesheet";
  document.body.append(one);
});
(async () => {
  await tried("cors", async () => (await fetch("TARGET")).status);
  await tried("no-cors", async () => (await fetch("TARGET", { mode: "no-cors" })).type);
  await tried("preflight", async () => (await fetch("TARGET", { headers: { "x-other": "1" } })).status);
  await tried("post", async () => (await fetch("TARGET", { method: "POST", body: "code=c", mode: "no-cors" })).type);
  await tried("image", () => element("img", "TARGET"));
  await tried("script", () => element("script", "TARGET"));
  await tried("style", () => element("link", "TARGET"));
  await tried("frame", () => element("iframe", "TARGET"));
  const submitted = (id) => new Promise((resolve) => {
    frames.inside.frameElement.onload = () => resolve("sent");
    document.getElementById(id).submit();
  });
  await tried("form-post", () => submitted("post"));
  await tried("form-get", () => submitted("get"));
  await fetch("/done?" + encodeURIComponent(read.join(",")));
})();
</script>"#;

#[tokio::test]
async fn a_page_of_another_origin_reads_nothing_and_changes_nothing() {
    let sign_in = SignIn::prepare().await;
    let mut grant = start_code_grant(&sign_in.server, CLIENT, &SCOPES, sign_in.now).await.unwrap();
    let word = |wanted: &str| grant.page.query_pairs().find(|(name, _)| name == wanted).unwrap().1.into_owned();
    let (base, state) = (word("redirect_uri"), word("state"));
    let target = format!("{base}?code=theirs&state={state}");
    let page = PAGE.replace("TARGET", &target).replace("BASE", &base).replace("STATE", &state);
    let (told, mut done) = tokio::sync::mpsc::unbounded_channel();
    let server = SmallServer::start(move |asked| {
        if asked.target.starts_with("/done") {
            let _ = told.send(asked.target.clone());
        }
        if asked.target == "/" { Reply::kind(200, "text/html", &page) } else { Reply::empty(204) }
    })
    .await;
    let profile = tempfile::tempdir().unwrap();
    let mut browser = Command::new("chromium")
        .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(server.base.as_str())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("chromium on the path");
    let read = tokio::time::timeout(Duration::from_secs(60), done.recv()).await.expect("the page to end").unwrap();
    let _ended = browser.kill().await;
    let read = percent_decoded(&read);
    for what in ["cors", "no-cors", "preflight", "post", "image", "script", "style"] {
        assert!(read.split(',').any(|one| one == format!("{what}:refused")), "{what}: {read}");
    }
    // Everything but a window that navigates there was refused, so the honest answer is still taken.
    let address = base.trim_start_matches("http://").trim_end_matches("/callback");
    let honest =
        format!("GET /callback?code=honest&state={state}&iss={} HTTP/1.1\r\nHost: {address}\r\n\r\n", issuer(&sign_in));
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut stream, honest.as_bytes()).await.unwrap();
    let Ok(CameBack::Code(code)) = grant.came_back(&sign_in.server).await else { panic!("no code") };
    // Made up by this test.
    assert_eq!(code.expose_secret(), "honest");
}

fn issuer(sign_in: &SignIn) -> String {
    let issuer = sign_in.server.issuer.as_str().trim_end_matches('/').to_owned();
    url::form_urlencoded::byte_serialize(issuer.as_bytes()).collect()
}

fn percent_decoded(target: &str) -> String {
    let query = target.split_once('?').unwrap().1;
    url::form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name.into_owned()).collect()
}
