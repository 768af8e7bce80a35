use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::{ErrorKind, Forbidden};

/// Why something could not be done in AWS.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AwsError {
    #[error(transparent)]
    Call(#[from] Box<CallError>),
    /// A condition did not come true in time.
    #[error("waited {waited} for {what}")]
    Timeout { what: String, waited: String },
    /// AWS accepted the call and then gave up: a rolled-back deployment, a database that went to `failed`.
    #[error("{what}{}", reasons.iter().map(|reason| format!("\n  {reason}")).collect::<String>())]
    Failed { what: String, reasons: Vec<String> },
    /// A property that the driver cannot take.
    #[error("{0}")]
    Invalid(String),
}

/// One failed API call.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{operation}: {}{message}", if code.is_empty() { String::new() } else { format!("{code}: ") })]
pub struct CallError {
    /// Service and operation, `sqs:CreateQueue`, as an IAM policy spells it.
    pub operation: &'static str,
    pub kind: ErrorKind,
    /// AWS's error code; empty where there was no answer.
    pub code: String,
    pub message: String,
    pub request_id: Option<String>,
}

impl AwsError {
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Call(call) => call.kind,
            Self::Invalid(_) => ErrorKind::Invalid,
            Self::Timeout { .. } | Self::Failed { .. } => ErrorKind::Other,
        }
    }

    pub fn is_not_found(&self) -> bool {
        self.kind() == ErrorKind::NotFound
    }

    /// AWS's error code; empty where there is none.
    pub fn code(&self) -> &str {
        match self {
            Self::Call(call) => &call.code,
            _ => "",
        }
    }

    /// The same with what is in the way of the call.
    pub(super) fn held(mut self, by: Option<String>) -> Self {
        if let (Self::Call(call), Some(by)) = (&mut self, by) {
            call.message = format!("{}\n  in the way: {by}", call.message);
        }
        self
    }

    /// An answer that lacks what AWS promises.
    pub fn missing(operation: &'static str, what: &str) -> Self {
        Self::answered(operation, ErrorKind::Other, format!("the answer has no {what}"))
    }

    /// An object of that name exists already and is not ours, where AWS itself would hand it out as if it had just been
    /// made (`CreateCluster`, `CreateLoadBalancer`).
    pub fn already_exists(operation: &'static str, what: &str) -> Self {
        Self::answered(operation, ErrorKind::AlreadyExists, format!("{what} exists already"))
    }

    /// Something is there already that the stack did not make, where nothing would tell it from what the create makes.
    pub fn stranger(operation: &'static str, what: &str) -> Self {
        let message = format!("{what} exists already and is not of this stack: import it, or use it with `lookup`");
        Self::answered(operation, ErrorKind::AlreadyExists, message)
    }

    fn answered(operation: &'static str, kind: ErrorKind, message: String) -> Self {
        Self::from(Box::new(CallError { operation, kind, code: String::new(), message, request_id: None }))
    }
}

/// Turns what an SDK call returns into our errors, with the operation's name.
pub trait CallResult<T> {
    /// # Errors
    /// `AwsError::Call` with the error's class, code and message.
    fn call(self, operation: &'static str) -> Result<T, AwsError>;

    /// As `call`, with an object that does not exist as `None`.
    ///
    /// # Errors
    /// `AwsError::Call` for anything but a missing object.
    fn call_optional(self, operation: &'static str) -> Result<Option<T>, AwsError>
    where
        Self: Sized,
    {
        match self.call(operation) {
            Ok(output) => Ok(Some(output)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl<T, E> CallResult<T> for Result<T, SdkError<E, HttpResponse>>
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    fn call(self, operation: &'static str) -> Result<T, AwsError> {
        self.map_err(|error| AwsError::from(Box::new(CallError::new(operation, &error))))
    }
}

impl CallError {
    fn new<E>(operation: &'static str, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let request_id = error.raw_response().and_then(request_id);
        if let SdkError::ServiceError(service) = error {
            let status = service.raw().status().as_u16();
            let meta = service.err().meta();
            let code = meta.code().unwrap_or_default().to_owned();
            let body = service.raw().body().bytes().unwrap_or_default();
            // S3 answers HEAD requests without a body, so the status is all there is. With one it is not AWS's answer.
            let kind = match (code.as_str(), status) {
                ("", 404) if body.is_empty() => ErrorKind::NotFound,
                ("", 403) if body.is_empty() => ErrorKind::Denied,
                _ => ErrorKind::of_code(&code),
            };
            let message = match meta.message() {
                Some(message) => message.to_owned(),
                None => without_message(&code, status, body, service.err()),
            };
            return Self { operation, kind, code, message, request_id };
        }
        if let Some(forbidden) = forbidden(error) {
            let (kind, message) = (ErrorKind::Forbidden, forbidden.to_string());
            return Self { operation, kind, code: String::new(), message, request_id };
        }
        let message = chain(error);
        Self { operation, kind: kind_without_answer(error, &message), code: String::new(), message, request_id }
    }
}

/// The longest beginning of a foreign answer that is told, in characters.
const LONGEST_BEGINNING: usize = 120;

/// What to say of an answer that brings no message of AWS's. What came with a success may hold secrets and is not told.
fn without_message(code: &str, status: u16, body: &[u8], error: &(dyn std::error::Error + 'static)) -> String {
    match (code, status) {
        (_, 200..300) => format!("the answer (HTTP {status}) cannot be read: {}", chain(error)),
        ("", _) if !body.is_empty() => {
            let text = String::from_utf8_lossy(body);
            let beginning: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let beginning: String = beginning.chars().take(LONGEST_BEGINNING).collect();
            format!("HTTP {status}, and the answer is none of AWS's: {beginning}")
        }
        _ => format!("HTTP {status}"),
    }
}

fn request_id(response: &HttpResponse) -> Option<String> {
    let headers = response.headers();
    headers.get("x-amzn-requestid").or_else(|| headers.get("x-amz-request-id")).map(str::to_owned)
}

/// What kept a call from being sent, wherever the SDK has put it.
fn forbidden<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a Forbidden> {
    let behind = std::iter::successors(Some(error), |error| error.source());
    behind.into_iter().find_map(|error| error.downcast_ref::<Forbidden>())
}

/// The error and what lies behind it, each said once.
fn chain(error: &dyn std::error::Error) -> String {
    let mut texts = vec![error.to_string()];
    let mut source = error.source();
    while let Some(inner) = source {
        let text = inner.to_string();
        if !texts.iter().any(|told| told.contains(&text)) {
            texts.push(text);
        }
        source = inner.source();
    }
    texts.join(": ")
}

fn kind_without_answer<E>(error: &SdkError<E, HttpResponse>, message: &str) -> ErrorKind {
    match error {
        SdkError::DispatchFailure(failure) if failure.is_io() || failure.is_timeout() => ErrorKind::Network,
        SdkError::TimeoutError(_) => ErrorKind::Network,
        _ if ["credential", "identity"].iter().any(|word| message.contains(word)) => ErrorKind::Credentials,
        SdkError::DispatchFailure(_) => ErrorKind::Network,
        _ => ErrorKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_sqs::operation::list_queues::ListQueuesError;
    use aws_smithy_runtime_api::http::StatusCode;
    use aws_smithy_types::body::SdkBody;

    use super::*;

    fn answered(status: u16, body: &str) -> AwsError {
        let status = StatusCode::try_from(status).expect("a status");
        let response = HttpResponse::new(status, SdkBody::from(body));
        let parsed = ListQueuesError::unhandled("expected `{`");
        Err::<(), _>(SdkError::service_error(parsed, response)).call("sqs:ListQueues").expect_err("an error")
    }

    #[test]
    fn an_answer_that_cannot_be_read_is_told_as_such() {
        let error = answered(200, "{\"password\": \"hunter2");
        assert_eq!(
            error.to_string(),
            "sqs:ListQueues: the answer (HTTP 200) cannot be read: unhandled error: expected `{`"
        );
        assert_eq!(error.kind(), ErrorKind::Other);
    }

    #[test]
    fn what_a_proxy_answers_is_no_missing_object() {
        let error = answered(404, "<html>\n  <title>Not found</title>");
        let told = "sqs:ListQueues: HTTP 404, and the answer is none of AWS's: <html> <title>Not found</title>";
        assert_eq!(error.to_string(), told);
        assert!(!error.is_not_found());
        assert!(answered(404, "").is_not_found());
        assert_eq!(answered(403, "").kind(), ErrorKind::Denied);
        assert_eq!(answered(503, "").to_string(), "sqs:ListQueues: HTTP 503");
    }
}
