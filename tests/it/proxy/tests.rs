use std::time::Duration;

use infra::aws::{AwsError, CallResult, Context, ErrorKind};

use super::{Hold, Routes};
use crate::world::World;

/// One harmless call of each service, of all of AWS's wire protocols together.
async fn look_around(cx: &Context) -> Vec<Result<(), AwsError>> {
    vec![
        cx.ec2().describe_vpcs().send().await.call("ec2:DescribeVpcs").map(drop),
        cx.ecs().list_clusters().send().await.call("ecs:ListClusters").map(drop),
        cx.elbv2().describe_load_balancers().send().await.call("elasticloadbalancing:DescribeLoadBalancers").map(drop),
        cx.iam().list_roles().send().await.call("iam:ListRoles").map(drop),
        cx.logs().describe_log_groups().send().await.call("logs:DescribeLogGroups").map(drop),
        cx.rds().describe_db_clusters().send().await.call("rds:DescribeDBClusters").map(drop),
        cx.route53().list_hosted_zones().send().await.call("route53:ListHostedZones").map(drop),
        cx.s3().list_buckets().send().await.call("s3:ListBuckets").map(drop),
        cx.secrets().list_secrets().send().await.call("secretsmanager:ListSecrets").map(drop),
        cx.sqs().list_queues().send().await.call("sqs:ListQueues").map(drop),
    ]
}

const LOOKED_AT: [&str; 10] = [
    "ec2:DescribeVpcs",
    "ecs:ListClusters",
    "elasticloadbalancing:DescribeLoadBalancers",
    "iam:ListRoles",
    "logs:DescribeLogGroups",
    "rds:DescribeDBClusters",
    "route53:ListHostedZones",
    "s3:ListBuckets",
    "secretsmanager:ListSecrets",
    "sqs:ListQueues",
];

async fn make_queue(world: &World, name: &str) -> Result<(), AwsError> {
    world.context.sqs().create_queue().queue_name(name).send().await.call("sqs:CreateQueue").map(drop)
}

async fn queues(world: &World) -> usize {
    world.context.sqs().list_queues().send().await.expect("a list of queues").queue_urls().len()
}

#[tokio::test]
async fn every_protocol_s_calls_are_known_by_service_and_operation() {
    let world = World::new(Routes::default());
    for result in look_around(&world.context).await {
        result.unwrap();
    }
    let calls = world.proxy.calls();
    let names: Vec<_> = calls.iter().map(ToString::to_string).collect();
    assert_eq!(names, LOOKED_AT);
    assert!(calls.iter().all(|call| call.reads() && call.status == Some(200) && call.ended > Some(call.started)));
    assert!(calls.iter().all(|call| call.account == world.account));
    assert_eq!(world.proxy.matching("sqs:*")[0].region, "us-west-2");
}

#[tokio::test]
async fn of_calls_that_overlap_with_one_token_aws_makes_one_thing() {
    let world = World::new(Routes::default());
    let zone = || async {
        let call = world.context.route53().create_hosted_zone().name("shop.example").caller_reference("once");
        call.send().await.call("route53:CreateHostedZone").map(drop)
    };
    let (one, other) = tokio::join!(zone(), zone());
    assert_eq!([one.is_ok(), other.is_ok()].iter().filter(|made| **made).count(), 1, "{one:?} {other:?}");
    let zones = world.context.route53().list_hosted_zones().send().await.expect("a list of zones");
    assert_eq!(zones.hosted_zones().len(), 1);
}

#[tokio::test]
async fn parameters_of_calls_are_recorded() {
    let world = World::new(Routes::default());
    make_queue(&world, "jobs").await.unwrap();
    world.context.iam().get_role().role_name("nobody").send().await.unwrap_err();
    world.context.s3().head_bucket().bucket("no-such-bucket-anywhere").send().await.unwrap_err();
    let calls = world.proxy.calls();
    assert_eq!(calls[0].parameter("QueueName"), "jobs");
    assert_eq!(calls[1].parameter("RoleName"), "nobody");
    assert_eq!(calls[2].parameter("Bucket"), "no-such-bucket-anywhere");
    assert_eq!(calls[2].to_string(), "s3:HeadBucket");
}

#[tokio::test]
async fn tests_do_not_see_each_other_s_objects() {
    let (ours, theirs) = (World::new(Routes::default()), World::new(Routes::default()));
    make_queue(&ours, "jobs").await.unwrap();
    ours.context.ecs().create_cluster().cluster_name("web").send().await.unwrap();
    assert_eq!((queues(&ours).await, queues(&theirs).await), (1, 0));
    let clusters = theirs.context.ecs().list_clusters().send().await.unwrap();
    assert_eq!(clusters.cluster_arns(), [""; 0]);
}

#[tokio::test]
async fn an_injected_error_is_understood_in_every_protocol() {
    let world = World::new(Routes::default());
    world.proxy.on("*").fail(403, "AccessDeniedException", "you may not");
    for (result, name) in look_around(&world.context).await.into_iter().zip(LOOKED_AT) {
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Denied, "AccessDeniedException"), "{name}");
        assert!(error.to_string().ends_with("you may not"), "{error}");
    }
}

#[tokio::test]
async fn a_throttled_call_is_tried_again_in_every_protocol() {
    let world = World::new(Routes::default());
    for name in LOOKED_AT {
        world.proxy.on(name).times(1).throttle();
    }
    for result in look_around(&world.context).await {
        result.unwrap();
    }
    assert_eq!(LOOKED_AT.map(|name| world.proxy.count(name)), [2; 10]);
}

#[tokio::test]
async fn only_the_chosen_call_fails() {
    let world = World::new(Routes::default());
    world.proxy.on("sqs:CreateQueue").nth(2).fail(400, "InvalidAttributeName", "no");
    make_queue(&world, "first").await.unwrap();
    assert_eq!(make_queue(&world, "second").await.unwrap_err().code(), "InvalidAttributeName");
    make_queue(&world, "third").await.unwrap();
    assert_eq!(queues(&world).await, 2);
}

#[tokio::test]
async fn a_connection_may_break_before_or_after_aws_has_done_the_work() {
    for (at, made) in [(Hold::BeforeSending, 0), (Hold::BeforeAnswering, 1)] {
        let world = World::new(Routes::default());
        world.proxy.on("sqs:CreateQueue").drop_connection(at);
        assert_eq!(make_queue(&world, "jobs").await.unwrap_err().kind(), ErrorKind::Network);
        assert_eq!(world.proxy.matching("sqs:CreateQueue")[0].status, None);
        assert_eq!(queues(&world).await, made);
    }
}

#[tokio::test]
async fn a_call_can_be_delayed() {
    let world = World::new(Routes::default());
    world.proxy.on("sqs:ListQueues").delay(Duration::from_millis(300));
    queues(&world).await;
    let call = &world.proxy.calls()[0];
    assert!(call.ended.unwrap() - call.started >= Duration::from_millis(300));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_call_goes_on_when_the_test_says_so() {
    let world = World::new(Routes::default());
    let moment = world.proxy.on("sqs:CreateQueue").hold(Hold::BeforeAnswering);
    let release = std::thread::spawn(move || {
        let call = moment.reached();
        assert_eq!((call.parameter("QueueName"), call.ended), ("jobs", None));
        moment.release();
    });
    make_queue(&world, "jobs").await.unwrap();
    release.join().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_call_breaks_when_the_test_drops_it() {
    let world = World::new(Routes::default());
    let moment = world.proxy.on("sqs:CreateQueue").hold(Hold::BeforeSending);
    let drops = std::thread::spawn(move || drop(moment.reached()));
    world.proxy.on("sqs:CreateQueue").nth(2).fail(400, "InvalidAttributeName", "no");
    // The SDK tries a broken connection again.
    assert_eq!(make_queue(&world, "jobs").await.unwrap_err().code(), "InvalidAttributeName");
    drops.join().unwrap();
}

#[tokio::test]
async fn a_reset_forgets_calls_and_rules() {
    let world = World::new(Routes::default());
    world.proxy.on("*").fail(400, "ValidationError", "no");
    make_queue(&world, "jobs").await.unwrap_err();
    world.proxy.reset();
    make_queue(&world, "jobs").await.unwrap();
    assert_eq!(world.proxy.count("*"), 1);
}
