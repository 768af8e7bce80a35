//! Creates whose answer is lost: the object is there, once, and is taken for what was asked.

use infra::resources::Registry;
use serde_json::json;

use crate::proxy::{Hold, Routes};
use crate::unique;
use crate::world::World;

#[tokio::test]
async fn a_definition_a_bucket_and_a_listener_are_made_once() {
    let (world, registry) = (World::new(Routes::default()), Registry::standard());
    let name = unique::name();
    let driver = |type_name: &str| registry.get(type_name).expect("a driver");
    let vpc = world.make(driver("AWS::EC2::VPC"), "subject", json!({"CidrBlock": "10.7.0.0/16"})).await;
    let mut subnets = Vec::new();
    for (zone, block) in [("us-west-2a", "10.7.1.0/24"), ("us-west-2b", "10.7.2.0/24")] {
        let properties = json!({"VpcId": vpc, "CidrBlock": block, "AvailabilityZone": zone});
        subnets.push(world.make(driver("AWS::EC2::Subnet"), "subject", properties).await);
    }
    let balancer = json!({"Name": name, "Scheme": "internal", "Subnets": subnets});
    let balancer = world.make(driver("AWS::ElasticLoadBalancingV2::LoadBalancer"), "subject", balancer).await;
    let answer = json!([{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}]);
    for (type_name, call, properties) in [
        (
            "AWS::ECS::TaskDefinition",
            "ecs:RegisterTaskDefinition",
            json!({"Family": name, "ContainerDefinitions": [{"Name": "api", "Image": "nginx", "Memory": 64}]}),
        ),
        ("AWS::S3::Bucket", "s3:CreateBucket", json!({"BucketName": name})),
        (
            "AWS::ElasticLoadBalancingV2::Listener",
            "elasticloadbalancing:CreateListener",
            json!({"LoadBalancerArn": balancer, "Port": 80, "Protocol": "HTTP", "DefaultActions": answer}),
        ),
    ] {
        world.proxy.on(call).nth(1).drop_connection(Hold::BeforeAnswering);
        let id = world.make(driver(type_name), "subject", properties).await;
        let found = driver(type_name).list(&world.context).await.expect("a list");
        let ours = found.iter().filter(|found| found.as_str().contains(&name));
        assert_eq!(ours.collect::<Vec<_>>(), [&id], "{type_name}");
        assert_eq!(world.proxy.matching(call).len(), 1, "{type_name}");
    }
}
