use futures::future::join_all;
use infra::aws::Context;
use infra::resources::{Driver, ReadRequest, Registry};
use serde_json::Value;

use super::finding::{Finding, Trouble};
use super::object::Object;

/// What the drivers list of every type, with all that they read of it.
pub async fn objects(context: &Context) -> (Vec<Object>, Vec<Finding>) {
    let registry = Registry::standard();
    let (mut objects, mut findings) = (Vec::new(), Vec::new());
    for result in join_all(registry.iter().map(|driver| of_type(driver, context))).await {
        match result {
            Ok(found) => objects.extend(found),
            Err(finding) => findings.push(finding),
        }
    }
    (objects, findings)
}

async fn of_type(driver: &dyn Driver, context: &Context) -> Result<Vec<Object>, Finding> {
    let kind = driver.type_name();
    let failed = |error| Finding::new(Trouble::Failed, format!("looking at {kind}: {error}"));
    let ids = driver.list(context).await.map_err(failed)?;
    let requests: Vec<_> = ids.iter().cloned().map(ReadRequest::all).collect();
    let live = driver.read(context, &requests).await.map_err(failed)?;
    let object = |(id, live): (_, Option<infra::resources::Live>)| Object {
        kind: kind.to_owned(),
        id: ToString::to_string(id),
        // What is listed and cannot be read is a thing to see, too.
        properties: live.map_or(Value::Null, |live| Value::Object(live.properties)),
    };
    Ok(ids.iter().zip(live).map(object).collect())
}
