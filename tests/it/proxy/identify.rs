//! Which call a request is, in each of AWS's wire protocols.

use std::collections::BTreeMap;

use hyper::body::Bytes;
use hyper::http::request::Parts;
use serde_json::Value;

use super::rest;

/// What a request says about itself.
#[derive(Debug, Clone)]
pub struct Identity {
    pub service: String,
    pub operation: String,
    pub region: String,
    pub account: String,
    /// When the request was signed, `20261122T093000Z`; empty where it is not.
    pub signed: String,
    pub parameters: BTreeMap<String, String>,
    pub protocol: Protocol,
}

/// How errors are written in the service's protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    Ec2Query,
    Query,
    Json,
    Cbor,
    RestXml,
    S3,
}

impl Identity {
    pub fn of(head: &Parts, body: &Bytes) -> Self {
        let [account, region, service] = credential_scope(head);
        let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (protocol, operation, parameters) = if let Some((_, operation)) = header("x-amz-target").rsplit_once('.') {
            (Protocol::Json, operation.to_owned(), json_parameters(body))
        } else if let Some(operation) = cbor_operation(head.uri.path()) {
            (Protocol::Cbor, operation.to_owned(), BTreeMap::new())
        } else if header("content-type").starts_with("application/x-www-form-urlencoded") {
            let mut parameters = form_parameters(body);
            let protocol = if service == "ec2" { Protocol::Ec2Query } else { Protocol::Query };
            (protocol, parameters.remove("Action").unwrap_or_default(), parameters)
        } else {
            let protocol = if service == "s3" { Protocol::S3 } else { Protocol::RestXml };
            let (operation, mut parameters) = rest::operation(&service, &head.method, &head.uri);
            parameters.extend(xml_text(body, "CallerReference"));
            (protocol, operation, parameters)
        };
        let signed = header("x-amz-date").to_owned();
        Self { service, operation, region, account, signed, parameters, protocol }
    }
}

/// Access key, region and service of `Credential=AKID/20261122/us-west-2/sqs/aws4_request`; empty where a request is
/// not signed.
fn credential_scope(head: &Parts) -> [String; 3] {
    let header = head.headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let scope = header.split_once("Credential=").map(|(_, rest)| rest).unwrap_or_default();
    let parts: Vec<_> = scope.split(',').next().unwrap_or_default().split('/').collect();
    [0, 2, 3].map(|index| parts.get(index).copied().unwrap_or_default().to_owned())
}

/// Smithy's RPC protocol: `/service/ServiceName/operation/OperationName`.
fn cbor_operation(path: &str) -> Option<&str> {
    let (_, operation) = path.strip_prefix("/service/")?.split_once("/operation/")?;
    Some(operation)
}

/// A member of an XML body, if it is there.
fn xml_text(body: &Bytes, name: &str) -> Option<(String, String)> {
    let text = std::str::from_utf8(body).ok()?;
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    let (value, _) = rest.split_once('<')?;
    Some((name.to_owned(), value.to_owned()))
}

fn json_parameters(body: &Bytes) -> BTreeMap<String, String> {
    let Ok(Value::Object(members)) = serde_json::from_slice(body) else { return BTreeMap::new() };
    let text = |value: Value| match value {
        Value::String(text) => Some(text),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    };
    members.into_iter().filter_map(|(name, value)| Some((name, text(value)?))).collect()
}

fn form_parameters(body: &Bytes) -> BTreeMap<String, String> {
    form_urlencoded::parse(body).into_owned().filter(|(name, _)| name != "Version").collect()
}
