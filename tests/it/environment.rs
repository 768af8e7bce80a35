use std::fmt;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use infra::aws::Context;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

use crate::emulators::Emulators;
use crate::normalize::Normalizer;
use crate::proxy::{Hold, Proxy, Routes};
use crate::unique;
use crate::world::{self, REGION};

/// A folder with stack files, an AWS account, and the built binary to run between them; nothing of the machine's own
/// configuration reaches it.
pub struct TestEnvironment {
    folder: TempDir,
    pub proxy: Proxy,
    pub account: String,
    /// A name that no other test has, for buckets and other things whose names are global.
    pub unique: String,
    variables: Vec<(String, String)>,
    removed: Vec<&'static str>,
}

/// What a finished run left, made the same on every machine and in every run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    pub stdout: String,
    pub stderr: String,
    /// `None` where a signal ended it.
    pub code: Option<i32>,
}

/// A run under way.
pub struct Running {
    child: Child,
    normalizer: Normalizer,
    /// What it has written to stderr so far.
    errors: Arc<Mutex<Vec<u8>>>,
    errors_end: JoinHandle<()>,
}

/// Far longer than any run of a test takes.
const PATIENCE: Duration = Duration::from_secs(180);

impl TestEnvironment {
    pub fn new() -> Self {
        Self::with_routes(Routes::default())
    }

    pub fn with_routes(routes: Routes) -> Self {
        let folder = tempfile::Builder::new().prefix("infra-test-").tempdir().expect("a folder for the test");
        fs::create_dir(folder.path().join("home")).expect("a home folder");
        let (proxy, account, unique) = (Proxy::start(routes), unique::account(), unique::name());
        Self { folder, proxy, account, unique, variables: Vec::new(), removed: Vec::new() }
    }

    /// The folder in which the binary runs.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file, `stacks/dev.yaml`, and the folders it is in.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.folder().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        fs::write(path, text).expect("a file");
    }

    /// Sets an environment variable of all later runs.
    pub fn set(&mut self, name: &str, value: &str) {
        self.removed.retain(|removed| *removed != name);
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    /// Takes an environment variable from all later runs.
    pub fn unset(&mut self, name: &'static str) {
        self.removed.push(name);
    }

    /// Runs `infra` with these arguments to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.start(arguments).wait()
    }

    /// As `run`, with what the run printed as it was printed.
    pub fn run_raw(&self, arguments: &[&str]) -> Output {
        let output = self.command().args(arguments).output().expect("the built binary");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Output { stdout: text(&output.stdout), stderr: text(&output.stderr), code: output.status.code() }
    }

    /// Runs `infra` with its standard output or standard error going somewhere else; what went there is empty.
    pub fn run_into(&self, arguments: &[&str], stdout: Option<Stdio>, stderr: Option<Stdio>) -> Output {
        let mut command = self.command();
        command.args(arguments).stdout(stdout.unwrap_or_else(Stdio::piped));
        let output = command.stderr(stderr.unwrap_or_else(Stdio::piped)).output().expect("the built binary");
        let text = |bytes: &[u8]| self.normalizer().apply(&String::from_utf8_lossy(bytes));
        Output { stdout: text(&output.stdout), stderr: text(&output.stderr), code: output.status.code() }
    }

    /// Runs `infra` with this text on its standard input.
    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> Output {
        let mut child = self.command().args(arguments).stdin(Stdio::piped()).spawn().expect("the built binary");
        let mut stdin = child.stdin.take().expect("standard input is piped");
        // A run that fails before it reads closes its end.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        self.running(child).wait()
    }

    /// Does something in the account that infra does not know of.
    pub fn behind_our_back<T>(&self, work: impl AsyncFnOnce(&Context) -> T) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(work(&world::context(&self.proxy, &self.account)))
    }

    /// Runs `infra` until it makes the call, and kills it there.
    pub fn kill_at(&self, arguments: &[&str], call: &str, at: Hold) {
        let held = self.proxy.on(call).hold(at);
        let running = self.start(arguments);
        held.reached();
        running.kill();
        running.wait();
    }

    /// Starts `infra` with these arguments.
    pub fn start(&self, arguments: &[&str]) -> Running {
        self.running(self.command().args(arguments).spawn().expect("the built binary"))
    }

    /// The same with what the terminal's end does to it, whatever it does to the tests: `Hangup::Ignored` is as under nohup.
    pub fn start_with(&self, hangup: Hangup, arguments: &[&str]) -> Running {
        let hangup = match hangup {
            Hangup::Ends => "--default-signal=HUP",
            Hangup::Ignored => "--ignore-signal=HUP",
        };
        let mut command = self.prepared(Command::new("/usr/bin/env"));
        command.arg(hangup).arg(binary()).args(arguments);
        self.running(command.spawn().expect("the built binary"))
    }

    fn running(&self, mut child: Child) -> Running {
        let (errors, mut pipe) = (Arc::<Mutex<Vec<u8>>>::default(), child.stderr.take().expect("stderr is piped"));
        let read = Arc::clone(&errors);
        let errors_end = std::thread::spawn(move || {
            let mut part = [0; 4096];
            while let Ok(length @ 1..) = pipe.read(&mut part) {
                read.lock().expect("a reader that lives").extend(&part[..length]);
            }
        });
        Running { child, normalizer: self.normalizer(), errors, errors_end }
    }

    fn command(&self) -> Command {
        self.prepared(Command::new(binary()))
    }

    fn prepared(&self, mut command: Command) -> Command {
        command
            .current_dir(self.folder())
            .env_clear()
            .env("HOME", self.folder().join("home"))
            .env("AWS_ENDPOINT_URL", self.proxy.url())
            .env("AWS_ACCESS_KEY_ID", &self.account)
            .env("AWS_SECRET_ACCESS_KEY", "secret")
            .env("AWS_REGION", REGION)
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for name in &self.removed {
            command.env_remove(name);
        }
        command
    }

    /// Takes out of a text what only this test has.
    pub fn normalizer(&self) -> Normalizer {
        let folder = fs::canonicalize(self.folder()).unwrap_or_else(|_| PathBuf::from(self.folder()));
        let host = self.proxy.url().trim_start_matches("http://").to_owned();
        Normalizer::new([
            (folder.display().to_string(), "<folder>"),
            (self.folder().display().to_string(), "<folder>"),
            (host, "<endpoint>"),
            (self.account.clone(), "<account>"),
            (self.unique.clone(), "<unique>"),
        ])
    }
}

/// The binary that is tested: another one where it is to be measured as it is released.
fn binary() -> PathBuf {
    std::env::var_os("INFRA_BINARY").map_or_else(|| env!("CARGO_BIN_EXE_infra").into(), PathBuf::from)
}

impl Drop for TestEnvironment {
    fn drop(&mut self) {
        Emulators::shared().forget(&self.account);
    }
}

/// What a process does with the signal that its terminal has gone.
#[derive(Debug, Clone, Copy)]
pub enum Hangup {
    Ends,
    Ignored,
}

impl Running {
    /// As Ctrl-C does.
    pub fn interrupt(&self) {
        self.signal(Signal::SIGINT);
    }

    /// Waits until it has written this to stderr.
    #[track_caller]
    pub fn has_said(&self, text: &str) {
        let start = Instant::now();
        while !String::from_utf8_lossy(&self.errors.lock().expect("a reader that lives")).contains(text) {
            assert!(start.elapsed() < PATIENCE, "infra has not said `{text}`");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// As a power cut does.
    pub fn kill(&self) {
        self.signal(Signal::SIGKILL);
    }

    /// True once the run is over, in whatever way.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("a child of this process").is_some()
    }

    /// The number of the process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Waits for the end.
    pub fn wait(self) -> Output {
        let Self { child, normalizer, errors, errors_end } = self;
        let process = pid(&child);
        let (done, finished) = mpsc::channel();
        std::thread::spawn(move || done.send(child.wait_with_output()));
        let output = finished.recv_timeout(PATIENCE).unwrap_or_else(|_| {
            let _ = kill(process, Signal::SIGKILL);
            let told = errors.lock().expect("a reader that lives");
            panic!("infra has not ended after {PATIENCE:?}; so far it said:\n{}", String::from_utf8_lossy(&told));
        });
        let output = output.expect("the run's output");
        errors_end.join().expect("a reader that lives");
        let errors = errors.lock().expect("a reader that lives");
        let text = |bytes: &[u8]| normalizer.apply(&String::from_utf8_lossy(bytes));
        Output { stdout: text(&output.stdout), stderr: text(&errors), code: output.status.code() }
    }

    pub fn signal(&self, signal: Signal) {
        kill(pid(&self.child), signal).expect("a process that has not been waited for");
    }
}

impl Output {
    /// The output of a run that must have ended with `code`.
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self}");
        self
    }
}

impl fmt::Display for Output {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.stdout)?;
        if !self.stderr.is_empty() {
            write!(formatter, "------- stderr -------\n{}", self.stderr)?;
        }
        match self.code {
            Some(0) => Ok(()),
            Some(code) => writeln!(formatter, "[exit {code}]"),
            None => formatter.write_str("[killed]\n"),
        }
    }
}

fn pid(child: &Child) -> Pid {
    Pid::from_raw(child.id().try_into().expect("a process id"))
}
