use std::convert::Infallible;
use std::sync::Arc;
use std::thread::JoinHandle;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::http::request::Parts;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::identify::Identity;
use super::log::CallLog;
use super::rule::{Action, Rule};
use super::tokens::Tokens;
use super::{Call, Hold, On, Routes, fault};
use crate::emulators::Emulators;

/// One endpoint in front of the emulators. It serves on a thread of its own, so tests may block.
pub struct Proxy {
    shared: Arc<Shared>,
    url: String,
    stop: Option<oneshot::Sender<Infallible>>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    emulators: &'static Emulators,
    routes: Routes,
    client: Client<HttpConnector, Full<Bytes>>,
    tokens: Tokens,
    log: CallLog,
}

/// A connection that ends without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the proxy drops this connection")]
struct Dropped;

impl Proxy {
    pub fn start(routes: Routes) -> Self {
        // An emulator may close an idle connection just as the next call goes out, so none is kept.
        let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build_http();
        let (emulators, tokens, log) = (Emulators::shared(), Tokens::default(), CallLog::new());
        let shared = Arc::new(Shared { emulators, routes, client, tokens, log });
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("a listener that tokio can take");
        let url = format!("http://{}", listener.local_addr().expect("the listener's address"));
        let (stop, stopped) = oneshot::channel();
        let serving = Arc::clone(&shared);
        let thread = std::thread::spawn(move || serve(serving, listener, stopped));
        Self { shared, url, stop: Some(stop), thread: Some(thread) }
    }

    /// `http://127.0.0.1:PORT`, for `AWS_ENDPOINT_URL`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// All calls so far, in the order in which they came.
    pub fn calls(&self) -> Vec<Call> {
        self.shared.log.calls()
    }

    /// The calls that match `sqs:CreateQueue`, `sqs:*` or `*`.
    pub fn matching(&self, pattern: &str) -> Vec<Call> {
        self.calls().into_iter().filter(|call| call.matches(pattern)).collect()
    }

    pub fn count(&self, pattern: &str) -> usize {
        self.shared.log.count(pattern)
    }

    /// Forgets all calls and rules.
    pub fn reset(&self) {
        self.shared.log.reset();
    }

    /// How many connections there have been.
    pub fn connections(&self) -> usize {
        self.shared.log.connections()
    }

    /// Waits until there were so many calls.
    pub fn await_calls(&self, pattern: &str, count: usize) {
        self.shared.log.await_calls(pattern, count);
    }

    /// Waits until a client that is dead is also dead to the emulators: all of its connections since there were `before`
    /// have ended, and what it asked for is done, as AWS does what it has heard of whoever is left to hear the answer.
    pub fn await_end_of(&self, before: usize) {
        // Connections are accepted in their order, so that all of the client's are known once this one is.
        let connection = std::net::TcpStream::connect(self.url.trim_start_matches("http://")).expect("a connection");
        let mark = connection.local_addr().expect("a port").port();
        drop(connection);
        self.shared.log.await_quiet(mark, before);
    }

    /// Chooses calls to interfere with.
    pub fn on(&self, pattern: &str) -> On<'_> {
        On::new(self, pattern)
    }

    pub(super) fn add(&self, rule: Rule) {
        self.shared.log.add(rule);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(shared: Arc<Shared>, listener: std::net::TcpListener, stopped: oneshot::Receiver<Infallible>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("the proxy's runtime");
    runtime.block_on(async {
        let listener = TcpListener::from_std(listener).expect("the proxy's listener");
        tokio::select! {
            () = accept(shared, listener) => {}
            _ = stopped => {}
        }
    });
}

async fn accept(shared: Arc<Shared>, listener: TcpListener) {
    loop {
        let Ok((stream, client)) = listener.accept().await else { continue };
        let shared = Arc::clone(&shared);
        let number = shared.log.opened(client.port());
        tokio::spawn(async move {
            let service = service_fn(|request| Arc::clone(&shared).handle(request));
            // A connection that a rule drops, or that its client gives up, ends here.
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
            shared.log.closed(number);
        });
    }
}

impl Shared {
    async fn handle(self: Arc<Self>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Dropped> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.map_err(|_| Dropped)?.to_bytes();
        let identity = Identity::of(&head, &body);
        let (call, actions) = self.log.record(&identity, body.len());
        let sequence = call.sequence;
        let answer = Arc::clone(&self).interfere(&identity, call, actions, head, body).await;
        self.log.finish(sequence, answer.as_ref().ok().map(|answer| answer.status().as_u16()));
        answer
    }

    async fn interfere(
        self: Arc<Self>,
        identity: &Identity,
        call: Call,
        actions: Vec<Action>,
        mut head: Parts,
        body: Bytes,
    ) -> Result<Response<Full<Bytes>>, Dropped> {
        let mut after = Vec::new();
        for action in actions {
            match action {
                Action::Delay(by) => tokio::time::sleep(by).await,
                Action::Fail { status, code, message } => return Ok(fault::answer(identity, status, &code, &message)),
                Action::Throttle => return Ok(fault::throttled(identity)),
                Action::ForgetConditions => {
                    for name in ["if-match", "if-none-match"] {
                        head.headers.remove(name);
                    }
                }
                Action::Drop(Hold::BeforeSending) => return Err(Dropped),
                Action::Silence(Hold::BeforeSending) => std::future::pending().await,
                Action::Hold(Hold::BeforeSending, stop) => {
                    if !stop.hold(call.clone()).await {
                        return Err(Dropped);
                    }
                }
                late => after.push(late),
            }
        }
        let mut answer = self.answer(identity, &call, head, body).await?;
        for action in after {
            match action {
                Action::Hold(_, stop) if stop.clone().hold(call.clone()).await => {}
                Action::Rewrite { from, to } => answer = rewritten(answer, &from, &to).await,
                Action::Hide(element) => answer = hidden(answer, &element).await,
                Action::Late(by) => tokio::time::sleep(by).await,
                Action::Silence(_) => std::future::pending().await,
                _ => return Err(Dropped),
            }
        }
        Ok(answer)
    }

    /// AWS's answer. The request goes on as it is, signature and all: the emulators do not check it.
    async fn answer(
        self: Arc<Self>,
        identity: &Identity,
        call: &Call,
        mut head: Parts,
        body: Bytes,
    ) -> Result<Response<Full<Bytes>>, Dropped> {
        let emulator = self.emulators.url(self.routes.backend(&identity.service));
        let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
        head.uri = format!("{emulator}{path}").parse().map_err(|_| Dropped)?;
        // ministack takes an access key of twelve digits for the account; moto wants it said.
        if identity.account.len() == 12
            && let Ok(account) = identity.account.parse()
        {
            head.headers.insert("x-moto-account-id", account);
        }
        let request = Request::from_parts(head, Full::new(body));
        self.log.sent();
        // A task of its own: what AWS has heard of it does, even if the client is gone.
        let answering = tokio::spawn(Arc::clone(&self).once(identity.clone(), call.clone(), request));
        answering.await.map_err(|_| Dropped)?
    }

    /// Sends the request, save where its token is known: then the answer is the same one, or that it is known.
    async fn once(
        self: Arc<Self>,
        identity: Identity,
        call: Call,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Full<Bytes>>, Dropped> {
        let known = self.tokens.of(&call);
        let mut known = match &known {
            Some(known) => Some(known.lock().await),
            None => None,
        };
        let answer = match known.as_deref().cloned().flatten() {
            Some(_) if call.operation == "CreateHostedZone" => {
                Ok(fault::answer(&identity, 409, "HostedZoneAlreadyExists", "it was made already"))
            }
            Some(answer) => Ok(answer),
            None => self.send(request).await,
        };
        if let Some(answer) = answer.as_ref().ok().filter(|answer| answer.status().is_success()) {
            self.tokens.release(&call);
            if let Some(known) = &mut known {
                **known = Some(answer.clone());
            }
        }
        self.log.answered();
        answer
    }

    async fn send(&self, request: Request<Full<Bytes>>) -> Result<Response<Full<Bytes>>, Dropped> {
        let (head, body) = self.client.request(request).await.map_err(|_| Dropped)?.into_parts();
        let body = body.collect().await.map_err(|_| Dropped)?.to_bytes();
        Ok(Response::from_parts(head, Full::new(body)))
    }
}

async fn rewritten(answer: Response<Full<Bytes>>, from: &str, to: &str) -> Response<Full<Bytes>> {
    changed(answer, |text| text.replace(from, to)).await
}

async fn hidden(answer: Response<Full<Bytes>>, element: &str) -> Response<Full<Bytes>> {
    let (start, end) = (format!("<{element}>"), format!("</{element}>"));
    changed(answer, |text| match (text.find(&start), text.rfind(&end)) {
        (Some(from), Some(to)) => format!("{}{}", &text[..from + start.len()], &text[to..]),
        _ => text,
    })
    .await
}

async fn changed(answer: Response<Full<Bytes>>, change: impl FnOnce(String) -> String) -> Response<Full<Bytes>> {
    let (mut head, body) = answer.into_parts();
    let Ok(body) = body.collect().await;
    let text = change(String::from_utf8_lossy(&body.to_bytes()).into_owned());
    head.headers.remove("content-length");
    Response::from_parts(head, Full::new(text.into()))
}
