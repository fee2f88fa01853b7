//! Owns the accept loop of one listener. Beyond what axum's own does, it can let a connection go
//! without an answer, which is what some faults ask for.

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tower::ServiceExt;

/// Laid into a response that must never be sent: its connection is closed instead.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the connection is dropped on request")]
pub(crate) struct Dropped;

/// Serves until it is aborted; its connections end with it.
pub(crate) async fn serve(listener: TcpListener, router: Router) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else {
                    tokio::task::yield_now().await;
                    continue;
                };
                let router = router.clone();
                connections.spawn(async move {
                    let service = service_fn(move |request| answer(router.clone(), request));
                    // How a connection ends is the client's business.
                    let _ = http1::Builder::new()
                        .timer(TokioTimer::new())
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn answer(router: Router, request: Request<Incoming>) -> Result<Response<Body>, Dropped> {
    let response = match router.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    if response.extensions().get::<Dropped>().is_some() { Err(Dropped) } else { Ok(response) }
}
