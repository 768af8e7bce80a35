use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::time::Instant;

use super::figures::Figures;
use super::finding::{Finding, Trouble};

/// How many accounts a sweep works on at a time: most of them wait for leases and for what may not show yet.
pub const WORKERS: usize = 10;

/// Works off all cases, `workers` at a time, each in accounts of its own.
pub fn work<C: Send + Sync + ToString>(cases: Vec<C>, workers: usize, run: impl Fn(&C) -> Figures + Sync) -> Figures {
    let (start, all) = (Instant::now(), cases.len());
    let (queue, total) = (Mutex::new(VecDeque::from(cases)), Mutex::new(Figures::default()));
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let (case, left) = {
                        let mut queue = queue.lock().expect("a queue");
                        let Some(case) = queue.pop_front() else { break };
                        (case, queue.len())
                    };
                    let figures = catch_unwind(AssertUnwindSafe(|| run(&case)));
                    let figures = figures.unwrap_or_else(|panic| broken(&case.to_string(), &*panic));
                    eprintln!("{}/{all} {} {}", all - left, case.to_string(), figures.in_short());
                    total.lock().expect("figures").add(figures);
                }
            });
        }
    });
    total.into_inner().expect("figures").after(start.elapsed())
}

fn broken(case: &str, panic: &(dyn std::any::Any + Send)) -> Figures {
    let text = panic.downcast_ref::<String>().cloned();
    let text = text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string)).unwrap_or_default();
    let mut figures = Figures::default();
    figures.found(case, &[Finding::new(Trouble::Failed, text)]);
    figures
}
