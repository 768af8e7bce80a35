//! What Linux tells about processes. Elsewhere nobody is judged, and a lease has to expire.

use std::fs;

use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};

/// This boot of this machine and the namespace in which our process numbers count.
pub(super) fn machine() -> Option<String> {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let namespace = fs::read_link("/proc/self/ns/pid").ok()?;
    Some(format!("{} {}", boot.trim(), namespace.display()))
}

/// When a process began, in ticks since boot (proc(5), `starttime` in `/proc/pid/stat`).
pub(super) fn started(pid: u32) -> Option<String> {
    stat(pid).map(|(_, started)| started)
}

/// True if there is no such process, or another one by now. A zombie is gone. `/proc` may hide the processes of others,
/// so it is the signal that tells whether there is one.
pub(super) fn is_gone(pid: u32, started: Option<&str>) -> bool {
    let Some(number) = i32::try_from(pid).ok().and_then(Pid::from_raw) else { return false };
    if test_kill_process(number) == Err(Errno::SRCH) {
        return true;
    }
    stat(pid).is_some_and(|(state, now)| matches!(state.as_str(), "Z" | "X") || started.is_some_and(|then| then != now))
}

/// State and start. The command's name comes before them in parentheses and may hold anything.
fn stat(pid: u32) -> Option<(String, String)> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = text.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?.to_owned();
    Some((state, fields.nth(18)?.to_owned()))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_gone_once_it_has_ended_even_before_it_is_reaped() {
        let mut child = std::process::Command::new("sleep").arg("30").spawn().unwrap();
        let started = started(child.id());
        assert!(started.is_some() && !is_gone(child.id(), started.as_deref()));
        assert!(is_gone(child.id(), Some("1")));
        child.kill().unwrap();
        while !is_gone(child.id(), started.as_deref()) {
            std::thread::yield_now();
        }
        child.wait().unwrap();
        assert!(is_gone(child.id(), started.as_deref()));
    }
}
