//! Every driver walks through the same life of an object, with the values of its fixture.

mod compare;
mod coverage;
mod fixture;
mod gaps;
mod life;
mod scope;

/// One test a file of `tests/fixtures`, and the list of them.
macro_rules! fixtures {
    ($($service:ident { $($name:ident),* $(,)? })*) => {
        $(mod $service {
            $(#[test]
            fn $name() {
                super::life::live(concat!(stringify!($service), "/", stringify!($name)));
            })*
        })*

        const LISTED: &[&str] = &[$($(concat!(stringify!($service), "/", stringify!($name))),*),*];
    };
}

fixtures! {
    sqs { queue, queue_fifo }
}
