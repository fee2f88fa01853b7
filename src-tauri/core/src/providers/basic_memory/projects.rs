//! Owns the projects of a workspace in Basic Memory Cloud: listing them and making one. Leaves out
//! what they hold.
//!
//! Both calls are the official CLI's own, its trailing slashes included.

use super::refusals::refusal;
use super::{Call, ProviderError, address, get, in_workspace, not_understood};
use serde_json::{Value, json};

/// A project as the cloud has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloudProject {
    /// Its name.
    pub name: String,
}

const PROJECTS: &str = "/proxy/v2/projects/";

/// What the workspace has; without one, the credential's own default.
pub async fn projects(call: &Call<'_>, workspace: Option<&str>) -> Result<Vec<CloudProject>, ProviderError> {
    let response = in_workspace(get(call, PROJECTS), workspace).send().await?;
    if !response.is_success() {
        return Err(refusal(&response, call.credential));
    }
    let answer = response.json::<Value>();
    let listed = answer.as_ref().and_then(|answer| answer.get("projects")).and_then(Value::as_array);
    let listed = listed.ok_or_else(|| not_understood(&response, call))?;
    let named = listed.iter().filter_map(|project| project.get("name").and_then(Value::as_str));
    Ok(named.map(|name| CloudProject { name: name.to_owned() }).collect())
}

/// Makes an empty project, visible to its workspace, as `bm project add --cloud` does.
pub async fn create_project(
    call: &Call<'_>,
    workspace: Option<&str>,
    name: &str,
    permalink: &str,
) -> Result<(), ProviderError> {
    let body = json!({
        "name": name,
        "path": permalink,
        "local_sync_path": null,
        "set_default": false,
        "visibility": "workspace",
    });
    // Over a connection of its own: a lost answer would leave open whether it exists.
    let request = call.http.post(address(call.host, PROJECTS)).bearer(call.credential).json(&body).fresh_connection();
    let response = in_workspace(request, workspace).send().await?;
    if !response.is_success() {
        return Err(refusal(&response, call.credential));
    }
    match response.json::<Value>() {
        Some(Value::Object(_)) => Ok(()),
        _ => Err(not_understood(&response, call)),
    }
}
