//! Owns the proof that Latchkey connects to nobody but the accounts' hosts: the main job, done in a network
//! of its own without a way out, with every connection of the app and all below it listed by `strace`.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test's helper may fail the test")]

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use xtask::journey::{Hand, Journey};
use xtask::paths;
use xtask::sandbox::BackDoor;
use xtask::stage::{Setting, Stage};
use xtask::steps::Steps;

/// Set in the test that runs inside.
const INSIDE: &str = "LATCHKEY_TEST_INSIDE_A_NETWORK";
const TEST: &str = "the_main_job_connects_to_the_accounts_hosts_and_to_nobody_else";

#[tokio::test]
#[allow(clippy::disallowed_methods)] // the outer test tells the inner one by its environment
async fn the_main_job_connects_to_the_accounts_hosts_and_to_nobody_else() {
    if std::env::var_os(INSIDE).is_some() {
        main_job().await;
        return;
    }
    let mut inside = xtask::network::itself_alone().unwrap();
    inside.args(["--exact", TEST, "--nocapture", "--test-threads=1"]).env(INSIDE, "1");
    let ended = inside.output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(ended.status.success() && said.contains("1 passed"), "the main job failed inside:\n{said}");
}

async fn main_job() {
    let mut stage = Stage::set(Setting::default()).unwrap();
    let (list, started) = (stage.folder().join("connections"), stage.folder().join("bin").join("latchkey"));
    let script = format!(
        "#!/bin/sh\nexec strace -f -qq --seccomp-bpf -s 200 -e trace=connect -o '{}' -- '{}' \"$@\"\n",
        list.display(),
        paths::app().display()
    );
    std::fs::write(&started, script).unwrap();
    std::fs::set_permissions(&started, std::fs::Permissions::from_mode(0o755)).unwrap();
    stage.setting.app = Some(started);
    let mut journey = Journey::begin(stage, Hand::Mouse, None).await.unwrap();
    journey.main_job(&Steps::default()).await.unwrap();
    journey.four_accounts().await.unwrap();
    let door = BackDoor::find(&journey.window).await.unwrap();
    let mut hosts: BTreeSet<u16> = ["memory-api", "memory-os", "memory-kit"]
        .into_iter()
        .map(|service| port(door.base(service)))
        .chain([port(door.host()), port(door.authorization_server())])
        .collect();
    let text = std::fs::read_to_string(&list).unwrap();
    let connections: BTreeSet<Peer> = text.lines().filter_map(peer).collect();
    let asked: BTreeSet<u16> = connections.iter().filter_map(Peer::local_port).collect();
    assert!(asked.contains(&port(door.host())), "the app was not seen to ask its own services");
    hosts.extend(of_the_driver(&journey));
    for peer in &connections {
        let fine = match peer {
            Peer::Network(address, port) => address == "127.0.0.1" && hosts.contains(port),
            Peer::Socket(path) => is_of_the_desktop(path, &journey),
            Peer::Other(_) => false,
        };
        assert!(fine, "a connection to somebody else: {peer:?}; allowed are {hosts:?}");
    }
}

/// Who was connected to.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Peer {
    Network(String, u16),
    Socket(String),
    Other(String),
}

impl Peer {
    fn local_port(&self) -> Option<u16> {
        match self {
            Self::Network(_, port) => Some(*port),
            Self::Socket(_) | Self::Other(_) => None,
        }
    }
}

/// One line of strace's; what is no connection is nothing.
fn peer(line: &str) -> Option<Peer> {
    let (_, call) = line.split_once("connect(")?;
    let between = |from: &str, to: &str| call.split_once(from)?.1.split_once(to).map(|(text, _)| text.to_owned());
    if let Some(path) = between("sun_path=", "}") {
        return Some(Peer::Socket(path.trim_matches(['@', '"']).to_owned()));
    }
    let address = between("inet_addr(\"", "\"").or_else(|| between("inet_pton(AF_INET6, \"", "\""));
    match (address, between("htons(", ")").and_then(|port| port.parse().ok())) {
        (Some(address), Some(port)) => Some(Peer::Network(address, port)),
        _ => Some(Peer::Other(call.chars().take(120).collect())),
    }
}

fn port(base: &str) -> u16 {
    let rest = base.split("://").nth(1).unwrap();
    rest.split(['/', ':']).nth(1).unwrap().parse().unwrap()
}

/// X11, the stage's own message bus and keyring, and whatever the system's name service is asked by a path.
fn is_of_the_desktop(path: &str, journey: &Journey) -> bool {
    let stage = journey.stage.folder().to_string_lossy().into_owned();
    path.starts_with(&stage)
        || path.starts_with("/tmp/.X11-unix/")
        || path.starts_with("/tmp/dbus-")
        || ["/var/run/nscd/socket", "/run/dbus/system_bus_socket", "/var/run/dbus/system_bus_socket"].contains(&path)
}

/// Where the driver told the web view to let itself be looked into: a person's start has no such port.
fn of_the_driver(journey: &Journey) -> Option<u16> {
    let app = journey.window.process("latchkey")?;
    let environment = String::from_utf8(std::fs::read(format!("/proc/{app}/environ")).ok()?).ok()?;
    let address = environment.split('\0').find_map(|line| line.strip_prefix("WEBKIT_INSPECTOR_SERVER="))?;
    address.strip_prefix("127.0.0.1:")?.parse().ok()
}

#[test]
fn the_lines_of_strace_are_read() {
    let read = |line: &str| peer(line).unwrap();
    let network = "12 connect(9, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr(\"192.0.2.1\")}, 16) = 0";
    assert_eq!(read(network), Peer::Network("192.0.2.1".to_owned(), 443));
    let six = "12 connect(9, {sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, \"2001:db8::1\", &sin6_addr), sin6_scope_id=0}, 28) = 0";
    assert_eq!(read(six), Peer::Network("2001:db8::1".to_owned(), 443));
    let unix = "12 connect(3, {sa_family=AF_UNIX, sun_path=@\"/tmp/.X11-unix/X9\"}, 20) = 0";
    assert_eq!(read(unix), Peer::Socket("/tmp/.X11-unix/X9".to_owned()));
    assert!(peer("12 +++ exited with 0 +++").is_none());
    assert!(matches!(read("1 connect(3, {sa_family=AF_NETLINK, nl_pid=0}, 12) = 0"), Peer::Other(_)));
}
