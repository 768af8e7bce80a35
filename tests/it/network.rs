//! What the network types promise beside the life of one object: few calls, nothing doubled, patience.

use aws_sdk_ec2::types::{GatewayType, VpnGateway};
use infra::resources::{Deletion, ReadRequest, Registry, ResourceId};
use serde_json::json;

use crate::proxy::{Hold, Routes};
use crate::world::{World, desired};

#[tokio::test]
async fn a_lost_answer_does_not_double_what_has_no_client_token() {
    let registry = Registry::standard();
    for (type_name, call, properties) in [
        ("AWS::EC2::VPC", "ec2:CreateVpc", json!({"CidrBlock": "10.7.0.0/16"})),
        ("AWS::EC2::InternetGateway", "ec2:CreateInternetGateway", json!({})),
    ] {
        let (world, driver) = (World::new(Routes::default()), registry.get(type_name).expect("a driver"));
        let before = driver.list(&world.context).await.expect("a list").len();
        world.proxy.on(call).nth(1).drop_connection(Hold::BeforeAnswering);
        let id = world.make(driver, "subject", properties).await;
        let after = driver.list(&world.context).await.expect("a list");
        assert_eq!(after.len(), before + 1, "{type_name}");
        assert!(after.contains(&id));
    }
}

#[tokio::test]
async fn a_create_that_never_arrived_is_sent_again() {
    let (world, registry) = (World::new(Routes::default()), Registry::standard());
    world.proxy.on("ec2:CreateVpc").nth(1).drop_connection(Hold::BeforeSending);
    let driver = registry.get("AWS::EC2::VPC").expect("a driver");
    world.make(driver, "subject", json!({"CidrBlock": "10.7.0.0/16"})).await;
    assert_eq!(world.proxy.matching("ec2:CreateVpc").len(), 2);
}

#[tokio::test]
async fn many_subnets_are_read_in_few_calls() {
    let (world, registry) = (World::new(Routes::default()), Registry::standard());
    let driver = |name: &str| registry.get(name).expect("a driver");
    let vpc = world.make(driver("AWS::EC2::VPC"), "vpc", json!({"CidrBlock": "10.7.0.0/16"})).await;
    let subnets = driver("AWS::EC2::Subnet");
    let block = json!({"VpcId": vpc.as_str(), "CidrBlock": "10.7.1.0/24"});
    let there = world.make(subnets, "subnet", block).await;
    let unknown = (0..500).map(|index| ResourceId::new(format!("subnet-{index:017x}")));
    let requests: Vec<_> = unknown.chain([there.clone()]).map(ReadRequest::all).collect();
    let before = world.proxy.calls().len();
    let live = subnets.read(&world.context, &requests).await.expect("a read");
    assert!(world.proxy.calls().len() - before <= requests.len() / 50 + 5);
    assert_eq!(live.iter().flatten().map(|live| &live.id).collect::<Vec<_>>(), [&there]);
}

#[tokio::test]
async fn a_delete_waits_for_what_holds_the_object() {
    let (world, registry) = (World::new(Routes::default()), Registry::standard());
    let driver = registry.get("AWS::EC2::VPC").expect("a driver");
    let id = world.make(driver, "vpc", json!({"CidrBlock": "10.7.0.0/16"})).await;
    world.proxy.on("ec2:DeleteVpc").times(2).fail(400, "DependencyViolation", "The VPC has dependencies.");
    let properties = serde_json::Map::new();
    let deletion = Deletion { id: &id, properties: &properties, live: None, snapshot: None, force: false };
    driver.delete(&world.context, &deletion).await.expect("a delete");
    assert_eq!(world.proxy.matching("ec2:DeleteVpc").len(), 3);
}

#[tokio::test]
async fn a_vpn_gateway_is_attached_and_detached() {
    let (world, registry) = (World::new(Routes::default()), Registry::standard());
    let driver = |name: &str| registry.get(name).expect("a driver");
    let vpc = world.make(driver("AWS::EC2::VPC"), "vpc", json!({"CidrBlock": "10.7.0.0/16"})).await;
    let gateway = world.context.ec2().create_vpn_gateway().r#type(GatewayType::Ipsec1).send().await.expect("a gateway");
    let gateway = gateway.vpn_gateway().and_then(VpnGateway::vpn_gateway_id).expect("its id");
    let attachments = driver("AWS::EC2::VPCGatewayAttachment");
    let wanted = desired("attachment", json!({"VpcId": vpc.as_str(), "VpnGatewayId": gateway}));
    let created = attachments.create(&world.context, &wanted).await.expect("an attachment");
    assert_eq!(created.id, ResourceId::joined(&["VGW", vpc.as_str()]));
    assert_eq!(attachments.find(&world.context, &wanted).await.expect("a search"), Some(created.id.clone()));
    let requests = [ReadRequest::all(created.id.clone())];
    let live = attachments.read(&world.context, &requests).await.expect("a read");
    assert_eq!(live[0].as_ref().map(|live| live.text("VpnGatewayId")), Some(gateway));
    let deletion =
        Deletion { id: &created.id, properties: &wanted.properties, live: None, snapshot: None, force: false };
    for _ in 0..2 {
        attachments.delete(&world.context, &deletion).await.expect("a delete");
    }
    assert_eq!(attachments.read(&world.context, &requests).await.expect("a read"), [None]);
}
