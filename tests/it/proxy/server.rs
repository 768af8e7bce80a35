use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

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
use super::rule::{Action, Rule};
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
    started: Instant,
    log: Mutex<Log>,
}

#[derive(Default)]
struct Log {
    calls: Vec<Call>,
    rules: Vec<Rule>,
    /// How many calls there were in all, those before a reset included.
    total: usize,
}

/// A connection that ends without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the proxy drops this connection")]
struct Dropped;

impl Proxy {
    pub fn start(routes: Routes) -> Self {
        // An emulator may close an idle connection just as the next call goes out, so none is kept.
        let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build_http();
        let (emulators, started) = (Emulators::shared(), Instant::now());
        let shared = Arc::new(Shared { emulators, routes, client, started, log: Mutex::default() });
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
        self.shared.log().calls.clone()
    }

    /// The calls that match `sqs:CreateQueue`, `sqs:*` or `*`.
    pub fn matching(&self, pattern: &str) -> Vec<Call> {
        self.calls().into_iter().filter(|call| call.matches(pattern)).collect()
    }

    pub fn count(&self, pattern: &str) -> usize {
        self.shared.log().calls.iter().filter(|call| call.matches(pattern)).count()
    }

    /// Forgets all calls and rules.
    pub fn reset(&self) {
        let mut log = self.shared.log();
        log.calls.clear();
        log.rules.clear();
    }

    /// Chooses calls to interfere with.
    pub fn on(&self, pattern: &str) -> On<'_> {
        On::new(self, pattern)
    }

    pub(super) fn add(&self, rule: Rule) {
        self.shared.log().rules.push(rule);
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
        let Ok((stream, _)) = listener.accept().await else { continue };
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let service = service_fn(|request| Arc::clone(&shared).handle(request));
            // A connection that a rule drops, or that its client gives up, ends here.
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

impl Shared {
    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn handle(self: Arc<Self>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Dropped> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.map_err(|_| Dropped)?.to_bytes();
        let identity = Identity::of(&head, &body);
        let (call, actions) = self.record(&identity, body.len());
        let sequence = call.sequence;
        let answer = self.interfere(&identity, call, actions, head, body).await;
        self.finish(sequence, answer.as_ref().ok().map(|answer| answer.status().as_u16()));
        answer
    }

    fn record(&self, identity: &Identity, bytes: usize) -> (Call, Vec<Action>) {
        let mut log = self.log();
        let identity = identity.clone();
        let call = Call {
            sequence: log.total,
            service: identity.service,
            operation: identity.operation,
            region: identity.region,
            account: identity.account,
            parameters: identity.parameters,
            bytes,
            started: self.started.elapsed(),
            ended: None,
            status: None,
        };
        log.total += 1;
        log.calls.push(call.clone());
        let actions = log.rules.iter_mut().filter_map(|rule| rule.apply(&call)).collect();
        (call, actions)
    }

    fn finish(&self, sequence: usize, status: Option<u16>) {
        let ended = self.started.elapsed();
        // A reset while the call was under way has taken it out.
        if let Some(call) = self.log().calls.iter_mut().rfind(|call| call.sequence == sequence) {
            (call.ended, call.status) = (Some(ended), status);
        }
    }

    async fn interfere(
        &self,
        identity: &Identity,
        call: Call,
        actions: Vec<Action>,
        head: Parts,
        body: Bytes,
    ) -> Result<Response<Full<Bytes>>, Dropped> {
        let mut after = Vec::new();
        for action in actions {
            match action {
                Action::Delay(by) => tokio::time::sleep(by).await,
                Action::Fail { status, code, message } => return Ok(fault::answer(identity, status, &code, &message)),
                Action::Throttle => return Ok(fault::throttled(identity)),
                Action::Drop(Hold::BeforeSending) => return Err(Dropped),
                Action::Hold(Hold::BeforeSending, stop) => {
                    if !stop.hold(call.clone()).await {
                        return Err(Dropped);
                    }
                }
                late => after.push(late),
            }
        }
        let answer = self.forward(identity, head, body).await?;
        for action in after {
            match action {
                Action::Hold(_, stop) if stop.clone().hold(call.clone()).await => {}
                _ => return Err(Dropped),
            }
        }
        Ok(answer)
    }

    /// Sends the request on as it is, signature and all: the emulators do not check it.
    async fn forward(
        &self,
        identity: &Identity,
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
        let answer = self.client.request(Request::from_parts(head, Full::new(body))).await.map_err(|_| Dropped)?;
        let (head, body) = answer.into_parts();
        let body = body.collect().await.map_err(|_| Dropped)?.to_bytes();
        Ok(Response::from_parts(head, Full::new(body)))
    }
}
