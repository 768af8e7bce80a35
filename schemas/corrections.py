"""What the published schemas leave out or get wrong, with the source that says so.

The refresh fails on an entry whose node is gone or that already says so: the table holds only what is still needed.
"""

GONE = object()
"""Takes the keyword away instead of setting it."""

_EXPORTS = "RDS API reference, EnabledCloudwatchLogsExports: which log types are exported"
_ROLES = "RDS API reference, AddRoleToDBCluster and AddRoleToDBInstance: roles come and go one by one"
_STRATEGY = "ECS API reference, CapacityProviderStrategyItem: base and weight decide, not the position"

UNORDERED = [
    ("AWS::ECS::Cluster", "/properties/CapacityProviders", "ECS API reference, PutClusterCapacityProviders"),
    ("AWS::ECS::Cluster", "/properties/ClusterSettings", "ECS API reference, ClusterSetting: names and values"),
    ("AWS::ECS::Cluster", "/properties/DefaultCapacityProviderStrategy", _STRATEGY),
    ("AWS::ECS::Service", "/properties/CapacityProviderStrategy", _STRATEGY),
    ("AWS::ECS::Service", "/properties/LoadBalancers", "ECS API reference, LoadBalancer: keyed by container and port"),
    (
        "AWS::ElasticLoadBalancingV2::Listener",
        "/definitions/ForwardConfig/properties/TargetGroups",
        "ELBv2 API reference, ForwardActionConfig: weights decide, not the position",
    ),
    ("AWS::RDS::DBCluster", "/properties/AssociatedRoles", _ROLES),
    ("AWS::RDS::DBCluster", "/properties/AvailabilityZones", "RDS API reference, DBCluster: zones it may use"),
    ("AWS::RDS::DBCluster", "/properties/EnableCloudwatchLogsExports", _EXPORTS),
    ("AWS::RDS::DBInstance", "/properties/AssociatedRoles", _ROLES),
    ("AWS::RDS::DBInstance", "/properties/EnableCloudwatchLogsExports", _EXPORTS),
    ("AWS::RDS::DBInstance", "/properties/ProcessorFeatures", "RDS API reference, ProcessorFeature: names and values"),
    ("AWS::Route53::RecordSet", "/properties/ResourceRecords", "RFC 2181 section 5: a record set has no order"),
]
"""Lists whose order means nothing, `(type, JSON pointer of the list, source)`."""

_RUNTIMES = "Lambda Developer Guide, Lambda runtimes: new ones come without a new schema"

_LAUNCH_TYPES = ["EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES"]

_IDENTITY = "Route 53 API reference, ResourceRecordSet: the three are the record's identity"
_ATTACHMENT = "EC2 API reference, AttachInternetGateway: no call exchanges a gateway"
_CLUSTER = "RDS API reference, ModifyDBCluster does not take it"
_INSTANCE = "RDS API reference, ModifyDBInstance does not take it"

FIXED = [
    ("AWS::EC2::VPC", ["InstanceTenancy"], "EC2 API reference, ModifyVpcTenancy"),
    ("AWS::EC2::VPCGatewayAttachment", ["InternetGatewayId", "VpnGatewayId"], _ATTACHMENT),
    ("AWS::ECS::Service", ["LaunchType"], "ECS API reference, UpdateService does not take it"),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", ["TargetControlPort"], "ELBv2 API reference, ModifyTargetGroup"),
    ("AWS::Logs::LogGroup", ["LogGroupClass"], "CloudWatch Logs user guide, Log classes"),
    ("AWS::RDS::DBCluster", ["AvailabilityZones", "Engine", "MasterUsername"], _CLUSTER),
    (
        "AWS::RDS::DBInstance",
        [
            "AvailabilityZone", "DBClusterSnapshotIdentifier", "DBSnapshotIdentifier", "Engine", "RestoreTime",
            "SourceDBClusterIdentifier", "SourceDBInstanceAutomatedBackupsArn", "SourceDbiResourceId",
            "UseLatestRestorableTime",
        ],
        _INSTANCE,
    ),
    ("AWS::Route53::RecordSet", ["Name", "SetIdentifier", "Type"], _IDENTITY),
]  # fmt: skip
"""Further `createOnlyProperties`, `(type, names, source)`: published as updatable, or as create-only on a condition that the
schema does not give."""

IN_PLACE = [
    ("AWS::EC2::VPC", {"property": "InstanceTenancy", "from": "dedicated", "to": "default"}, "ModifyVpcTenancy"),
    ("AWS::ECS::Service", {"property": "LaunchType", "from": None}, "UpdateService, capacityProviderStrategy"),
]
"""The changes of a create-only property that AWS makes in place all the same, `(type, change, source)`: kept as
`inPlaceChanges`. A side that is left out is any value; `None` is no value."""

_PORT = "RDS API reference, ModifyDBCluster and ModifyDBInstance: the endpoint listens on the new port"
_MANAGED = "RDS API reference, ManageMasterUserPassword: the secret comes and goes with it"

DERIVED = [
    ("AWS::RDS::DBCluster", "Endpoint/Port", ["Port"], _PORT),
    ("AWS::RDS::DBCluster", "MasterUserSecret/SecretArn", ["ManageMasterUserPassword"], _MANAGED),
    ("AWS::RDS::DBInstance", "Endpoint/Port", ["Port"], _PORT),
    ("AWS::RDS::DBInstance", "MasterUserSecret/SecretArn", ["ManageMasterUserPassword"], _MANAGED),
]
"""Outputs that an update in place changes, `(type, output, properties that it follows, source)`: kept as `derivedOutputs`. All
others stay as they are through an update."""

_MODIFY = "RDS API reference, ModifyDBCluster and ModifyDBInstance: no value takes it back to what AWS would choose"

KEPT = [
    (
        "AWS::ECS::Service",
        ["DesiredCount", "NetworkConfiguration", "TaskDefinition"],
        "ECS API reference, UpdateService: what is left out stays; autoscaling sets the count",
    ),
    (
        "AWS::ElasticLoadBalancingV2::Listener",
        ["Certificates", "DefaultActions", "Port", "Protocol", "SslPolicy"],
        "ELBv2 API reference, ModifyListener: what is left out stays",
    ),
    (
        "AWS::RDS::DBCluster",
        [
            "AllocatedStorage", "DBClusterInstanceClass", "DBClusterParameterGroupName", "DomainIAMRoleName",
            "EngineLifecycleSupport", "EngineVersion", "Iops", "MonitoringRoleArn", "PerformanceInsightsKmsKeyId",
            "PerformanceInsightsRetentionPeriod", "Port", "PreferredBackupWindow", "PreferredMaintenanceWindow",
            "ServerlessV2ScalingConfiguration", "StorageType", "VpcSecurityGroupIds",
        ],
        _MODIFY,
    ),
    (
        "AWS::RDS::DBInstance",
        [
            "AllocatedStorage", "CACertificateIdentifier", "DBInstanceClass", "DBParameterGroupName", "DBSecurityGroups",
            "DomainIAMRoleName", "EngineLifecycleSupport", "EngineVersion", "Iops", "LicenseModel",
            "MaxAllocatedStorage", "MonitoringRoleArn", "OptionGroupName", "PerformanceInsightsKMSKeyId",
            "PerformanceInsightsRetentionPeriod", "Port", "PreferredBackupWindow", "PreferredMaintenanceWindow",
            "PubliclyAccessible", "ReplicaMode", "StorageThroughput", "StorageType", "VPCSecurityGroups",
        ],
        _MODIFY,
    ),
    ("AWS::SecretsManager::Secret", ["Type"], "Secrets Manager API reference, UpdateSecret: what is left out stays"),
]  # fmt: skip
"""Properties that stay as they are when a file leaves them out, `(type, names, source)`: AWS has no default to go back to, or
something else sets them. Kept as `keptProperties`."""

_AUTOSCALING = "ECS developer guide, Service auto scaling: the count is what the scaling policies make of it"
_UPGRADES = "RDS user guide, Upgrading a DB engine version: minor versions come by themselves; storage grows by itself"
_FAILOVER = "RDS user guide, Failing over a Multi-AZ DB instance: the primary is in the other zone then"

MOVING = [
    ("AWS::ECS::Service", ["DesiredCount"], _AUTOSCALING),
    ("AWS::ECS::Service", ["TaskDefinition"], "ECS API reference, DeploymentController: others' deployments set it"),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", ["Targets"], "ECS developer guide: a service registers its tasks"),
    ("AWS::RDS::DBCluster", ["AllocatedStorage", "EngineVersion"], _UPGRADES),
    ("AWS::RDS::DBInstance", ["AllocatedStorage", "EngineVersion"], _UPGRADES),
    ("AWS::RDS::DBInstance", ["AvailabilityZone"], _FAILOVER),
]
"""Properties that AWS, or a service that works for it, sets anew by itself where a file leaves them out, `(type, names,
source)`: nobody's drift. Kept as `movingProperties`."""

_INTERFACES = "EC2 API reference, DeleteSubnet and DeleteSecurityGroup: network interfaces are `DependencyViolation`"

HELD = [
    (
        "AWS::EC2::SecurityGroup",
        [
            "AWS::EC2::Instance", "AWS::EC2::NetworkInterface", "AWS::EC2::VPCEndpoint", "AWS::ECS::Service",
            "AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::Lambda::Function", "AWS::RDS::DBCluster",
            "AWS::RDS::DBInstance", "AWS::EC2::SecurityGroup",
        ],
        _INTERFACES,
    ),
    (
        "AWS::EC2::Subnet",
        [
            "AWS::EC2::Instance", "AWS::EC2::NatGateway", "AWS::EC2::NetworkInterface", "AWS::EC2::VPCEndpoint",
            "AWS::ECS::Service", "AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::Lambda::Function",
        ],
        _INTERFACES,
    ),
    ("AWS::ECS::Cluster", ["AWS::ECS::Service"], "ECS API reference, DeleteCluster: ClusterContainsServicesException"),
    (
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        ["AWS::ElasticLoadBalancingV2::Listener", "AWS::ElasticLoadBalancingV2::ListenerRule"],
        "ELBv2 API reference, DeleteTargetGroup: ResourceInUse while an action forwards to it",
    ),
    (
        "AWS::RDS::DBSubnetGroup",
        ["AWS::RDS::DBCluster", "AWS::RDS::DBInstance"],
        "RDS API reference, DeleteDBSubnetGroup: InvalidDBSubnetGroupStateFault",
    ),
]  # fmt: skip
"""Types whose objects AWS does not delete while another one uses them, `(type, the types that hold it, source)`: kept as
`heldBy`."""

_MALFORMED = "EC2 API reference, error codes"
_TARGETS = "ELBv2 API reference, Action and TargetGroupTuple, TargetGroupArn: the ARN of the target group"
_NOTIFIED = "S3 API reference, NotificationConfiguration: the ARN of the function, the queue and the topic"

BEGINNINGS = [
    ("AWS::EC2::NatGateway", "/properties/AllocationId", "eipalloc-", "EC2 API reference, NatGateway, FailureMessage"),
    ("AWS::EC2::Route", "/properties/EgressOnlyInternetGatewayId", "eigw-", _MALFORMED),
    ("AWS::EC2::Route", "/properties/InstanceId", "i-", _MALFORMED),
    ("AWS::EC2::Route", "/properties/NatGatewayId", "nat-", f"{_MALFORMED}, NatGatewayMalformed"),
    ("AWS::EC2::Route", "/properties/NetworkInterfaceId", "eni-", _MALFORMED),
    ("AWS::EC2::Route", "/properties/RouteTableId", "rtb-", f"{_MALFORMED}, InvalidRouteTableId.Malformed"),
    ("AWS::EC2::Route", "/properties/VpcEndpointId", "vpce-", _MALFORMED),
    ("AWS::EC2::Route", "/properties/VpcPeeringConnectionId", "pcx-", _MALFORMED),
    ("AWS::EC2::SubnetRouteTableAssociation", "/properties/RouteTableId", "rtb-", _MALFORMED),
    ("AWS::EC2::VPCGatewayAttachment", "/properties/InternetGatewayId", "igw-", _MALFORMED),
    (
        "AWS::ElasticLoadBalancingV2::Listener",
        "/definitions/Certificate/properties/CertificateArn",
        "arn:",
        "ELBv2 API reference, Certificate, CertificateArn: the Amazon Resource Name (ARN) of the certificate",
    ),
    (
        "AWS::ElasticLoadBalancingV2::Listener",
        "/definitions/MutualAuthentication/properties/TrustStoreArn",
        "arn:",
        "ELBv2 API reference, MutualAuthenticationAttributes, TrustStoreArn: the Amazon Resource Name (ARN)",
    ),
    (
        "AWS::ElasticLoadBalancingV2::Listener",
        "/properties/LoadBalancerArn",
        "arn:",
        "ELBv2, ValidationError: it is not a valid load balancer ARN",
    ),
    ("AWS::ElasticLoadBalancingV2::Listener", "/definitions/Action/properties/TargetGroupArn", "arn:", _TARGETS),
    (
        "AWS::ElasticLoadBalancingV2::Listener",
        "/definitions/TargetGroupTuple/properties/TargetGroupArn",
        "arn:",
        _TARGETS,
    ),
    ("AWS::ElasticLoadBalancingV2::ListenerRule", "/definitions/Action/properties/TargetGroupArn", "arn:", _TARGETS),
    (
        "AWS::ElasticLoadBalancingV2::ListenerRule",
        "/definitions/TargetGroupTuple/properties/TargetGroupArn",
        "arn:",
        _TARGETS,
    ),
    (
        "AWS::ElasticLoadBalancingV2::ListenerRule",
        "/properties/ListenerArn",
        "arn:",
        "ELBv2 API reference, CreateRule, ListenerArn: the Amazon Resource Name (ARN) of the listener",
    ),
    (
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        "/properties/HealthCheckPath",
        "/",
        "hashicorp/terraform-provider-aws#2580: this path must begin with a '/'; for gRPC /package.service/method",
    ),
    ("AWS::S3::Bucket", "/definitions/LambdaConfiguration/properties/Function", "arn:", _NOTIFIED),
    ("AWS::S3::Bucket", "/definitions/QueueConfiguration/properties/Queue", "arn:", _NOTIFIED),
    ("AWS::S3::Bucket", "/definitions/TopicConfiguration/properties/Topic", "arn:", _NOTIFIED),
]  # fmt: skip
"""How texts begin where the schema says nothing of it, `(type, JSON pointer of the node, beginning, source)`: kept as
`pattern`."""

_CODES = "^[0-9][0-9, -]*$"
_POLICY_ARN = r"^arn:(aws[a-zA-Z-]*)?:iam::(\d{12}|aws):policy/[a-zA-Z_0-9+=,.@\-_/]+"
_ATTACHED = "IAM API reference, AttachRolePolicy and its like, PolicyArn: the ARN of the policy"
_MATCHER = 'ELBv2 API reference, Matcher: multiple values ("200,202") or a range of values ("200-299")'

_SUBNETS = "RDS API reference, CreateDBSubnetGroup, SubnetIds: the EC2 subnet IDs"
_GROUPS = "RDS API reference, CreateDBInstance, VpcSecurityGroupIds: EC2 VPC security groups"

OTHER: list[tuple[str, str, str, object, str]] = [
    ("AWS::EC2::Route", "", "replacementStrategy", "delete_then_create", "a table has one route a destination"),
    ("AWS::ECS::Service", "/properties/LaunchType", "enum", _LAUNCH_TYPES, "ECS API reference, CreateService"),
    (
        "AWS::ECS::Service",
        "/properties/DesiredCount",
        "minimum",
        0,
        "ECS API reference, CreateService, desiredCount: the number of instantiations to keep running",
    ),
    (
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        "/definitions/Matcher/properties/GrpcCode",
        "pattern",
        _CODES,
        _MATCHER,
    ),
    (
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        "/definitions/Matcher/properties/HttpCode",
        "pattern",
        _CODES,
        _MATCHER,
    ),
    ("AWS::IAM::Group", "/properties/ManagedPolicyArns/items", "pattern", _POLICY_ARN, _ATTACHED),
    ("AWS::IAM::Role", "/properties/ManagedPolicyArns/items", "pattern", _POLICY_ARN, _ATTACHED),
    ("AWS::IAM::User", "/properties/ManagedPolicyArns/items", "pattern", _POLICY_ARN, _ATTACHED),
    ("AWS::IAM::Role", "/properties/MaxSessionDuration", "default", 3600, "IAM API reference, CreateRole: one hour"),
    ("AWS::Lambda::Function", "/properties/Runtime", "enum", GONE, _RUNTIMES),
    ("AWS::Lambda::LayerVersion", "/properties/CompatibleRuntimes/items", "enum", GONE, _RUNTIMES),
    ("AWS::RDS::DBInstance", "/properties/VPCSecurityGroups/items", "format", "AWS::EC2::SecurityGroup.Id", _GROUPS),
    ("AWS::RDS::DBSubnetGroup", "/properties/SubnetIds/items", "format", "AWS::EC2::Subnet.Id", _SUBNETS),
]
"""`(type, JSON pointer of the node, keyword, value, source)`."""

CORRECTIONS = [
    *((name, pointer, "insertionOrder", False, reason) for name, pointer, reason in UNORDERED),
    *((name, pointer, "pattern", f"^{beginning}", reason) for name, pointer, beginning, reason in BEGINNINGS),
    *OTHER,
]
