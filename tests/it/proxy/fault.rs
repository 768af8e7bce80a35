//! Errors in the shape that each of AWS's protocols gives them.

use http_body_util::Full;
use hyper::Response;
use hyper::body::Bytes;

use super::identify::{Identity, Protocol};

/// An error answer. Sources: Smithy 2.0 specification, "AWS protocols"; Amazon S3 API reference, "Error responses".
pub fn answer(identity: &Identity, status: u16, code: &str, message: &str) -> Response<Full<Bytes>> {
    let (content_type, body) = body(identity.protocol, code, message);
    let answer =
        Response::builder().status(status).header("content-type", content_type).header("x-amzn-requestid", "injected");
    let answer = match identity.protocol {
        Protocol::Cbor => answer.header("smithy-protocol", "rpc-v2-cbor"),
        _ => answer,
    };
    answer.body(Full::new(body.into())).expect("a well-formed answer")
}

/// The status and code with which a service says that calls come too fast.
pub fn throttled(identity: &Identity) -> Response<Full<Bytes>> {
    let (status, code) = match (identity.protocol, identity.service.as_str()) {
        (Protocol::Ec2Query, _) => (503, "RequestLimitExceeded"),
        (Protocol::S3, _) => (503, "SlowDown"),
        (Protocol::Json | Protocol::Cbor, _) => (400, "ThrottlingException"),
        (Protocol::Query | Protocol::RestXml, _) => (400, "Throttling"),
    };
    answer(identity, status, code, "Rate exceeded")
}

fn body(protocol: Protocol, code: &str, message: &str) -> (&'static str, Vec<u8>) {
    let error = format!("<Code>{code}</Code><Message>{message}</Message>");
    let xml = match protocol {
        Protocol::Json => {
            let json = serde_json::json!({"__type": code, "message": message});
            return ("application/x-amz-json-1.1", json.to_string().into_bytes());
        }
        Protocol::Cbor => return ("application/cbor", cbor(&[("__type", code), ("message", message)])),
        Protocol::Ec2Query => {
            format!("<Response><Errors><Error>{error}</Error></Errors><RequestID>injected</RequestID></Response>")
        }
        Protocol::Query | Protocol::RestXml => format!(
            "<ErrorResponse><Error><Type>Sender</Type>{error}</Error><RequestId>injected</RequestId></ErrorResponse>"
        ),
        Protocol::S3 => format!("<Error>{error}<RequestId>injected</RequestId></Error>"),
    };
    ("text/xml", xml.into_bytes())
}

/// A map of texts. Source: RFC 8949, section 3.1: major type 5 is a map, 3 a text, each with its length.
fn cbor(members: &[(&str, &str)]) -> Vec<u8> {
    let head = |major: u8, length: usize| {
        let length = u16::try_from(length).expect("a short text").to_be_bytes();
        [(major << 5) | 25, length[0], length[1]]
    };
    let mut bytes = head(5, members.len()).to_vec();
    for text in members.iter().flat_map(|(name, value)| [name, value]) {
        bytes.extend(head(3, text.len()));
        bytes.extend(text.bytes());
    }
    bytes
}
