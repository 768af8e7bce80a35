use super::*;
use crate::value::Value;
use std::time::Instant;
#[test]
fn probe_speed() {
    let t = Instant::now();
    let c = Catalog::standard();
    println!("index {:?}", t.elapsed());
    for n in [
        "AWS::SQS::Queue",
        "AWS::ECS::TaskDefinition",
        "AWS::S3::Bucket",
        "AWS::RDS::DBInstance",
        "AWS::QuickSight::Dashboard",
    ] {
        let t = Instant::now();
        c.get(n);
        println!("{n} {:?}", t.elapsed());
    }
    let t = Instant::now();
    for n in c.type_names() {
        c.get(n);
    }
    println!("all {:?}", t.elapsed());
    let t = Instant::now();
    println!("{:?} {:?}", c.nearest("AWS::SQS::Quex"), t.elapsed());
}
#[test]
fn probe_patterns() {
    let c = Catalog::standard();
    let mut seen = std::collections::BTreeMap::new();
    for n in c.type_names().collect::<Vec<_>>() {
        let s = c.get(n).unwrap();
        for node in s.lookup().every_node() {
            for p in node.pattern.iter().chain(node.pattern_properties.iter().map(|(p, _)| p)) {
                if seen.contains_key(p.text()) {
                    continue;
                }
                let t = Instant::now();
                let ok = p.compiled().is_some();
                seen.insert(p.text().to_owned(), (ok, t.elapsed(), n));
            }
        }
    }
    let bad: Vec<_> = seen.iter().filter(|(_, v)| !v.0).collect();
    println!("{} patterns {} skipped", seen.len(), bad.len());
    for b in &bad {
        println!("  SKIP {:?} {}", b.1.2, b.0);
    }
    let mut slow: Vec<_> = seen.iter().collect();
    slow.sort_by_key(|(_, v)| std::cmp::Reverse(v.1));
    for s in slow.iter().take(25) {
        println!("  SLOW {:?} {} {}", s.1.1, s.1.2, s.0);
    }
    println!("total {:?}", seen.values().map(|v| v.1).sum::<std::time::Duration>());
}
#[test]
fn probe_defaults_and_choices() {
    let c = Catalog::standard();
    for n in c.type_names().collect::<Vec<_>>() {
        let s = c.get(n).unwrap();
        for node in s.lookup().every_node() {
            let v = super::validator::Validator::new(&s, s.lookup());
            for d in node.default.iter().chain(&node.choices) {
                let mut out = vec![];
                v.check(node, &Value::from(d.clone()), &super::trail::Trail::Root, &mut out);
                for o in out {
                    println!("DEF {n} {d} -> {o}");
                }
            }
        }
    }
}
