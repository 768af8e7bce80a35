//! Whose object is it: another stack of the account imports everything, and the stack itself turns what it owns into lookups.

use std::collections::BTreeMap;

use regex::Regex;
use serde_json::Value;

use super::observer;
use super::phase::Phase;
use super::place::Place;
use super::shop::Shop;

/// The property that is the identifier, of the types that a lookup can name by it. The others have no tags, and belong to
/// whoever their parents belong to. Log groups are not among them: the emulator has no `DescribeIndexPolicies`, which the
/// reading of a whole one needs.
const IDENTIFIERS: [(&str, &str); 19] = [
    ("AWS::EC2::InternetGateway", "InternetGatewayId"),
    ("AWS::EC2::RouteTable", "RouteTableId"),
    ("AWS::EC2::SecurityGroup", "GroupId"),
    ("AWS::EC2::Subnet", "SubnetId"),
    ("AWS::EC2::VPC", "VpcId"),
    ("AWS::ECS::Cluster", "ClusterName"),
    ("AWS::ECS::Service", "ServiceArn"),
    ("AWS::ECS::TaskDefinition", "TaskDefinitionArn"),
    ("AWS::ElasticLoadBalancingV2::Listener", "ListenerArn"),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "LoadBalancerArn"),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "TargetGroupArn"),
    ("AWS::IAM::Role", "RoleName"),
    ("AWS::RDS::DBCluster", "DBClusterIdentifier"),
    ("AWS::RDS::DBInstance", "DBInstanceIdentifier"),
    ("AWS::RDS::DBSubnetGroup", "DBSubnetGroupName"),
    ("AWS::Route53::HostedZone", "Id"),
    ("AWS::S3::Bucket", "BucketName"),
    ("AWS::SQS::Queue", "QueueUrl"),
    ("AWS::SecretsManager::Secret", "Id"),
];

/// A resource as the stack file declares it: its name, its type, and all lines of it.
struct Declaration {
    name: String,
    type_name: String,
    text: String,
}

fn declarations(stack: &str) -> Vec<Declaration> {
    let start = Regex::new(r"(?m)^  (\w+):\n    type: (\S+)\n").expect("a pattern");
    let resources = stack.split_once("\nresources:\n").expect("resources").1;
    let resources = resources.split_once("\noutputs:").expect("outputs").0;
    let found: Vec<_> = start.captures_iter(resources).collect();
    let places: Vec<usize> = found.iter().map(|found| found.get(0).expect("a match").start()).collect();
    let ends = places.iter().skip(1).copied().chain([resources.len()]);
    let whole = found.iter().zip(places.iter().zip(ends));
    whole
        .map(|(found, (start, end))| Declaration {
            name: found[1].to_owned(),
            type_name: found[2].to_owned(),
            text: resources[*start..end].to_owned(),
        })
        .collect()
}

/// The identifiers of the stack's objects, by address.
fn ids(shop: &Shop) -> BTreeMap<String, String> {
    let listed = shop.environment.run_raw(&["state", "list", "--json"]).expect(0).stdout;
    let told: Value = serde_json::from_str(&listed).expect("JSON");
    let resources = told["resources"].as_object().expect("resources").iter();
    resources.filter_map(|(address, state)| Some((address.clone(), state["id"].as_str()?.to_owned()))).collect()
}

fn identifier(type_name: &str) -> Option<&'static str> {
    IDENTIFIERS.iter().find(|(name, _)| *name == type_name).map(|(_, property)| *property)
}

fn stack_of(shop: &Shop) -> String {
    std::fs::read_to_string(shop.environment.folder().join("stacks/dev.yaml")).expect("the stack")
}

#[test]
fn a_preview_that_imports_a_whole_stack_takes_nothing_of_it() {
    let shop = Shop::open(Place::Folder);
    shop.run(Phase::Apply).expect(0);
    let (before, ids, stack) = (shop.look(Phase::Apply), ids(&shop), stack_of(&shop));
    let declared = declarations(&stack).into_iter().map(|declaration| {
        let Declaration { name, text, .. } = &declaration;
        let id = ids.get(name).filter(|_| identifier(&declaration.type_name).is_some());
        id.map_or_else(|| text.clone(), |id| text.replacen(":\n", &format!(":\n    import: '{id}'\n"), 1))
    });
    let resources: String = declared.collect();
    let head = stack.split_once("\nresources:\n").expect("resources").0;
    let preview = format!("match: pr-*\n{head}\nresources:\n{resources}");
    shop.environment.write("stacks/pr.yaml", &preview);
    let refused = shop.environment.run(&["apply", "--yes", "--stack", "pr-7"]).expect(5);
    for Declaration { name, .. } in declarations(&stack).iter().filter(|one| identifier(&one.type_name).is_some()) {
        if ids.contains_key(name) {
            assert!(refused.stderr.contains(&format!("shop/dev, as `{name}`")), "{name}: {refused}");
        }
    }
    shop.environment.run(&["destroy", "--yes", "--stack", "pr-7"]).expect(0);
    let findings: String = shop.look(Phase::Apply).compare(&before).iter().map(|one| format!("{one}\n")).collect();
    assert!(findings.is_empty(), "{findings}");
}

#[test]
fn what_a_stack_owns_and_looks_up_from_now_on_stays_and_is_nobodys() {
    let shop = Shop::open(Place::Folder);
    shop.run(Phase::Apply).expect(0);
    let (before, ids, stack) = (shop.look(Phase::Apply), ids(&shop), stack_of(&shop));
    let declared = declarations(&stack).into_iter().map(|Declaration { name, type_name, text }| {
        match (identifier(&type_name), ids.get(&name)) {
            (Some(property), Some(id)) => {
                // A service's identifier names its cluster too.
                let id = id.split('|').next().unwrap_or(id);
                format!("  {name}:\n    type: {type_name}\n    lookup: {{ {property}: '{id}' }}\n")
            }
            _ => text,
        }
    });
    let resources: String = declared.collect();
    let head = stack.split_once("\nresources:\n").expect("resources").0;
    shop.environment.write("stacks/dev.yaml", &format!("{head}\nresources:\n{resources}"));
    let applied = shop.environment.run(&["apply", "--yes"]).expect(0);
    shop.environment.run(&["plan", "--detailed-exitcode"]).expect(0);
    let observed = observer::objects(shop.environment.proxy.url(), &shop.environment.account);
    let ours: Vec<_> =
        observed.iter().filter_map(|object| object.address()).filter(|address| *address != "logs").collect();
    assert!(ours.is_empty(), "{ours:?}\n{applied}");
    assert_eq!(shop.look(Phase::Apply).drivers.kinds(), before.drivers.kinds());
    let left = self::ids(&shop);
    assert!(left.len() < 7, "{left:?}");
    shop.environment.run(&["destroy", "--yes"]).expect(0);
    let kept = observer::objects(shop.environment.proxy.url(), &shop.environment.account).len();
    assert!(kept + 7 > observed.len(), "{kept} of {}", observed.len());
}
