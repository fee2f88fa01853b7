//! Owns the refusals that do not come from a handler: faults and rate limits, each in the words of its
//! service. Leaves out Basic Memory's (cloud).

use crate::service::Service;
use crate::{memory_api, memory_kit, memory_os};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

pub(crate) fn unauthorized(service: Service) -> Response {
    match service {
        Service::MemoryOs => memory_os::Refusal::unauthorized().into_response(),
        Service::MemoryKit => memory_kit::Refusal::unauthorized().into_response(),
        Service::MemoryApi | Service::BasicMemory => memory_api::Refusal::unauthorized().into_response(),
    }
}

pub(crate) fn forbidden(service: Service) -> Response {
    match service {
        Service::MemoryOs => memory_os::Refusal::missing_scope("admin").into_response(),
        Service::MemoryKit => memory_kit::Refusal::missing_scope("memories:read").into_response(),
        Service::MemoryApi | Service::BasicMemory => memory_api::Refusal::missing_scope("admin", &[]).into_response(),
    }
}

pub(crate) fn rate_limited(service: Service) -> Response {
    let status = StatusCode::TOO_MANY_REQUESTS;
    match service {
        Service::MemoryOs => memory_os::Refusal::new(status, "RATE_LIMITED", "Rate limit exceeded").into_response(),
        Service::MemoryKit => {
            memory_kit::Refusal::new(status, "rate_limit_error", "Rate limit exceeded").into_response()
        }
        Service::MemoryApi | Service::BasicMemory => {
            memory_api::Refusal::new(status, "RATE_LIMIT_EXCEEDED", "Rate limit exceeded").into_response()
        }
    }
}

pub(crate) fn server_error(service: Service) -> Response {
    match service {
        Service::MemoryOs => memory_os::Refusal::server_error().into_response(),
        Service::MemoryKit => memory_kit::Refusal::server_error().into_response(),
        Service::MemoryApi | Service::BasicMemory => memory_api::Refusal::server_error().into_response(),
    }
}
