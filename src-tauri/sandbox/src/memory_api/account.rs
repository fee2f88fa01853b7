//! Owns what Memory API says of the organization and its use. Leaves out its keys.

use super::{Caller, Refusal, success};
use crate::switches::Part;
use crate::world::Shared;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

/// The organization that the key belongs to. Nothing here names the key.
pub(super) async fn account(State(_world): State<Shared>, caller: Caller) -> Result<Json<Value>, Refusal> {
    caller.must("read")?;
    Ok(success(&json!({
        "org_id": "org_pretend_tidepool",
        "name": "Tidepool (pretend)",
        "email": "owner@sandbox.example",
        "plan": { "id": "professional", "name": "Professional", "base_price_cents": 4900 },
        "is_active": true,
        "created_at": "2025-03-04T09:12:00Z",
    })))
}

/// What was used in this month. Which scope it needs is not documented; `read` is assumed.
pub(super) async fn usage(State(world): State<Shared>, caller: Caller) -> Result<Json<Value>, Refusal> {
    if !world.offers(Part::MemoryApiUsage) {
        return Err(Refusal::new(StatusCode::NOT_FOUND, "NOT_FOUND", "Not Found"));
    }
    caller.must("read")?;
    Ok(success(&json!({
        "current": {
            "period": world.clock.now().format("%Y-%m").to_string(), "api_calls": 12480, "tokens_processed": 1_904_233,
            "memories_stored": 3127, "embeddings_generated": 4410, "estimated_cost_cents": 5120,
        },
        "limits": {
            "api_calls": 100_000, "tokens_processed": 10_000_000, "memories_stored": 50_000,
            "embeddings_generated": null,
        },
        "percent_used": { "api_calls": 12.5, "tokens_processed": 19.0, "memories_stored": 6.3 },
    })))
}

/// Whether the service runs. It proves nothing about a key.
pub(super) async fn health() -> Json<Value> {
    success(&json!({
        "status": "healthy", "version": env!("CARGO_PKG_VERSION"), "database": "healthy", "redis": "healthy",
    }))
}
