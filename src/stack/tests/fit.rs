use super::fixture::{errors, stack};

#[test]
fn attributes_are_checked_by_type_before_they_are_known() {
    insta::assert_snapshot!(errors(
        r#"
resources:
  a: { type: AWS::SQS::Queue }
  db: { type: AWS::RDS::DBCluster, properties: { Engine: aurora-postgresql, MasterUsername: app } }
  jobs:
    type: AWS::SQS::Queue
    properties:
      DelaySeconds: ${a.Arn}
      MessageRetentionPeriod: ${db.Endpoint.Port}
      QueueName: ${a.DelaySeconds}
      KmsMasterKeyId: key ${db.VpcSecurityGroupIds}
  other:
    type: AWS::RDS::DBCluster
    properties: { Engine: aurora-postgresql, MasterUsername: app, VpcSecurityGroupIds: "${a.Arn}" }
"#), @r#"
    error: `DelaySeconds` must be a whole number, and `a.Arn` is a text
      --> stacks/dev.yaml:10:23
       |
    10 |       DelaySeconds: ${a.Arn}
       |                       ^^^^^

    error: `db.VpcSecurityGroupIds` is a list, which has no form in the middle of a text
      --> stacks/dev.yaml:13:29
       |
    13 |       KmsMasterKeyId: key ${db.VpcSecurityGroupIds}
       |                             ^^^^^^^^^^^^^^^^^^^^^^
       = `json(…)` makes text of it

    error: `VpcSecurityGroupIds` must be a list, and `a.Arn` is a text
      --> stacks/dev.yaml:16:91
       |
    16 |     properties: { Engine: aurora-postgresql, MasterUsername: app, VpcSecurityGroupIds: "${a.Arn}" }
       |                                                                                           ^^^^^
       = write it as a list: ["${a.Arn}"]
    "#);
}

#[test]
fn an_attribute_that_may_fit_is_taken() {
    stack(
        r#"
resources:
  a: { type: AWS::SQS::Queue }
  g: { type: AWS::EC2::SecurityGroup, for_each: [x], properties: { GroupDescription: x } }
  db:
    type: AWS::RDS::DBCluster
    properties:
      Engine: aurora-postgresql
      MasterUsername: app
      Port: "${int(a.QueueName)}"
      BackupRetentionPeriod: ${a.DelaySeconds}
      VpcSecurityGroupIds: ["${g.x.GroupId}"]
  jobs:
    type: AWS::SQS::Queue
    properties:
      RedrivePolicy: ${a.RedrivePolicy}
      DelaySeconds: ${a.DelaySeconds}
      Tags: ${a.Tags}
      KmsMasterKeyId: key-${a.DelaySeconds}
"#,
    );
}
