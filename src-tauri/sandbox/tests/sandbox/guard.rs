//! Owns the proof that nobody gets in by another name, from another page or without the token.

use crate::support::House;
use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The status line that a raw request gets.
async fn raw(base: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(base.strip_prefix("http://").unwrap()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn only_the_literal_address_is_a_host() {
    let house = House::open(&[]).await;
    let token = house.token(1).await;
    let basic_memory = &house.ready.basic_memory;
    let ready = &house.ready;
    let root = |host: &str| host.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
    for (base, path) in [
        (&root(&ready.memory_api.host), "/v1/account"),
        (&root(&ready.memory_api.keys_page), "/dashboard"),
        (&root(&ready.memory_os.host), "/api/v1/keys"),
        (&root(&ready.memory_os.keys_page), "/dashboard"),
        (&root(&ready.memory_kit.host), "/v1/status"),
        (&root(&ready.memory_kit.keys_page), "/dashboard/api-keys"),
        (&basic_memory.host, "/proxy/health"),
        (&basic_memory.authorization_server, "/device"),
        (&house.ready.admin.url, "/admin/stats"),
    ] {
        let address = base.strip_prefix("http://").unwrap();
        let port = address.split_once(':').unwrap().1;
        for host in ["evil.example", "127.0.0.1", &format!("localhost:{port}"), &format!("evil.example:{port}")] {
            let request = house.http.get(format!("{base}{path}")).header("Host", host).bearer_auth(&token);
            assert_eq!(request.send().await.unwrap().status(), 421, "{base} as {host}");
        }
        let twice =
            format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
        let bent = format!("GET http://evil.example{path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        let none = format!("GET {path} HTTP/1.0\r\n\r\n");
        for request in [twice, bent, none] {
            let line = raw(base, &request).await;
            assert!(line.contains(" 421 ") || line.contains(" 400 "), "{request} got {line}");
        }
    }
}

#[tokio::test]
async fn pages_of_other_origins_stay_outside_and_no_cors_header_is_sent() {
    let house = House::open(&[]).await;
    let token = house.token(1).await;
    for origin in ["https://evil.example", "http://127.0.0.1:1", "null"] {
        let request = house.cloud(Method::GET, "/proxy/health").bearer_auth(&token).header("Origin", origin);
        assert_eq!(request.send().await.unwrap().status(), 403, "{origin}");
        let preflight = house.cloud(Method::OPTIONS, "/api/keys").header("Origin", origin);
        let response = preflight.header("Access-Control-Request-Method", "POST").send().await.unwrap();
        assert!(!response.status().is_success());
        assert!(response.headers().keys().all(|name| !name.as_str().starts_with("access-control")));
    }
    for page in [&house.ready.memory_kit.keys_page, &house.ready.memory_api.keys_page, &house.ready.memory_os.keys_page]
    {
        for request in [house.http.get(page), house.http.post(page).form(&[("name", "forged")])] {
            let response = request.header("Origin", "https://evil.example").send().await.unwrap();
            assert_eq!(response.status(), 403);
            assert!(response.headers().keys().all(|name| !name.as_str().starts_with("access-control")));
            assert!(response.text().await.unwrap().contains("other origins"));
        }
    }
    let own = house.cloud(Method::GET, "/proxy/health").header("Origin", &house.ready.basic_memory.host);
    let response = own.bearer_auth(&token).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.headers().keys().all(|name| !name.as_str().starts_with("access-control")));
    let cross = house.authorization(Method::POST, "/device").header("Origin", "null");
    let cross = cross.header("Sec-Fetch-Site", "cross-site").form(&[("user_code", "x"), ("verdict", "deny")]);
    assert!(cross.send().await.unwrap().text().await.unwrap().contains("other origins"));
}

#[tokio::test]
async fn the_back_door_opens_to_its_token_alone() {
    let house = House::open(&[]).await;
    let token = house.token(1).await;
    let stats = format!("{}/admin/stats", house.ready.admin.url);
    assert_eq!(house.http.get(&stats).send().await.unwrap().status(), 401);
    for wrong in [&*token, "x", &house.ready.admin.token[1..]] {
        assert_eq!(house.http.get(&stats).bearer_auth(wrong).send().await.unwrap().status(), 401);
    }
    assert_eq!(house.admin(Method::GET, "/admin/stats", None).await.0, 200);
    let elsewhere = house.cloud(Method::GET, "/admin/stats").bearer_auth(&house.ready.admin.token);
    assert_eq!(elsewhere.send().await.unwrap().status(), 404, "the service's port knows no back door");
}
