//! Writes of state whose answer is lost: a conflict with ourselves is none.

use super::shared::queues_in_bucket;
use crate::proxy::{Hold, is_of};

#[test]
fn a_write_of_state_that_went_through_unheard_is_recognised_as_ours() {
    // The snapshot's second write is the compaction at the end, the lock's second its release.
    for (key, nth) in
        [("lock.json", 1), ("lock.json", 2), ("journal/", 1), ("journal/", 2), ("state.json", 1), ("state.json", 2)]
    {
        let environment = queues_in_bucket();
        environment.proxy.on("s3:PutObject").key(key).nth(nth).drop_connection(Hold::BeforeAnswering);
        environment.run(&["apply", "--yes"]).expect(0);
        let puts = environment.proxy.matching("s3:PutObject");
        let refused = puts.iter().filter(|call| is_of(call.parameter("Key"), key) && call.status == Some(412));
        assert_eq!(refused.count(), 1, "{key} {nth}: the SDK asks again, and S3 refuses");
        environment.run(&["plan", "--detailed-exitcode"]).expect(0);
        assert_eq!(environment.proxy.count("sqs:CreateQueue"), 2);
    }
}
