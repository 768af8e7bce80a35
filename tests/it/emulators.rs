use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};

/// The AWS emulators that all tests of this run share, one process each, started by the first test that asks.
///
/// Each ends when its standard input closes, and that happens when this process ends, in whatever way.
pub struct Emulators {
    moto: Emulator,
    ministack: Emulator,
}

/// Which emulator a service's calls go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Backend {
    Moto,
    Ministack,
}

struct Emulator {
    url: String,
    /// The emulator is alive while this is open; each line is an account to forget.
    input: Mutex<ChildStdin>,
}

/// Another program may take the port between choosing and binding it.
const STARTS: usize = 3;

impl Emulators {
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Emulators> = OnceLock::new();
        SHARED.get_or_init(|| {
            let (moto, ministack) = (launch("moto"), launch("ministack"));
            Self { moto: moto.ready(), ministack: ministack.ready() }
        })
    }

    /// Lets go of what an account has, where the emulator keeps all there ever was.
    pub fn forget(&self, account: &str) {
        let mut input = self.moto.input.lock().unwrap_or_else(PoisonError::into_inner);
        // An emulator that has ended has forgotten it.
        let _ = writeln!(input, "{account}");
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self, backend: Backend) -> &str {
        match backend {
            Backend::Moto => &self.moto.url,
            Backend::Ministack => &self.ministack.url,
        }
    }
}

struct Launch {
    name: &'static str,
    child: Child,
}

impl Launch {
    fn ready(mut self) -> Emulator {
        for _ in 0..STARTS {
            let mut line = String::new();
            let output = self.child.stdout.take().expect("standard output is piped");
            BufReader::new(output).read_line(&mut line).expect("the emulator's URL");
            if let Some(url) = line.strip_suffix('\n') {
                let input = self.child.stdin.take().expect("standard input is piped");
                return Emulator { url: url.to_owned(), input: Mutex::new(input) };
            }
            self = launch(self.name);
        }
        panic!("{} did not start; it wrote:\n{}", self.name, fs::read_to_string(log(self.name)).unwrap_or_default());
    }
}

fn launch(name: &'static str) -> Launch {
    let log = log(name);
    fs::create_dir_all(log.parent().expect("a folder for logs")).expect("a folder for logs");
    let child = Command::new(python())
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/emulator.py"))
        .arg(name)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(File::create(log).expect("the emulator's log"))
        .spawn()
        .expect("the emulator's Python");
    Launch { name, child }
}

fn log(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("emulators").join(format!("{name}-{}.log", std::process::id()))
}

/// The Python that has the emulators and AWS's SDK.
pub fn python() -> PathBuf {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join(".venv");
    let venv = std::env::var_os("INFRA_TEST_VENV").map_or_else(default, PathBuf::from);
    let python = venv.join("bin/python");
    assert!(python.exists(), "no AWS emulators in {}: `make test` prepares them", venv.display());
    python
}
