"""Tells what an account holds, by AWS's own SDK for Python and none of infra's code.

    inventory.py

Reads one request a line, `{"endpoint": URL, "account": TWELVE DIGITS}`, and answers each with one line: a JSON list of
`{"kind": service and what is listed, "id": identifier, "properties": all that the describing calls give}`.
"""

import json
import sys
from collections.abc import Iterator

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

REGION = "us-west-2"

# Service, call, parameters, where the answer has the objects, and the name of their identifier.
LISTS = [
    ("ec2", "describe_vpcs", {}, "Vpcs", "VpcId"),
    ("ec2", "describe_subnets", {}, "Subnets", "SubnetId"),
    ("ec2", "describe_internet_gateways", {}, "InternetGateways", "InternetGatewayId"),
    ("ec2", "describe_route_tables", {}, "RouteTables", "RouteTableId"),
    ("ec2", "describe_security_groups", {}, "SecurityGroups", "GroupId"),
    ("ec2", "describe_addresses", {}, "Addresses", "AllocationId"),
    ("ec2", "describe_volumes", {}, "Volumes", "VolumeId"),
    ("elbv2", "describe_load_balancers", {}, "LoadBalancers", "LoadBalancerArn"),
    ("elbv2", "describe_target_groups", {}, "TargetGroups", "TargetGroupArn"),
    ("rds", "describe_db_clusters", {}, "DBClusters", "DBClusterIdentifier"),
    ("rds", "describe_db_instances", {}, "DBInstances", "DBInstanceIdentifier"),
    ("rds", "describe_db_subnet_groups", {}, "DBSubnetGroups", "DBSubnetGroupName"),
    ("rds", "describe_db_cluster_snapshots", {}, "DBClusterSnapshots", "DBClusterSnapshotIdentifier"),
    ("rds", "describe_db_snapshots", {}, "DBSnapshots", "DBSnapshotIdentifier"),
    ("iam", "list_roles", {}, "Roles", "RoleName"),
    ("iam", "list_policies", {"Scope": "Local"}, "Policies", "Arn"),
    ("logs", "describe_log_groups", {}, "logGroups", "logGroupName"),
    ("route53", "list_hosted_zones", {}, "HostedZones", "Id"),
    ("s3", "list_buckets", {}, "Buckets", "Name"),
    ("secretsmanager", "list_secrets", {"IncludePlannedDeletion": True}, "SecretList", "ARN"),
    ("sqs", "list_queues", {}, "QueueUrls", None),
    ("ecs", "list_clusters", {}, "clusterArns", None),
    ("ecs", "list_task_definitions", {"status": "ACTIVE"}, "taskDefinitionArns", None),
]


class Account:
    """One account's clients, and what its lists and describing calls give."""

    def __init__(self, session: boto3.Session, endpoint: str, account: str) -> None:
        self.session, self.endpoint, self.account, self.clients = session, endpoint, account, {}
        self.secrets: dict[str, str] = {}

    def call(self, service: str, operation: str, **parameters: object) -> dict:
        if service not in self.clients:
            self.clients[service] = self.session.client(
                service,
                endpoint_url=self.endpoint,
                region_name=REGION,
                aws_access_key_id=self.account,
                aws_secret_access_key="secret",
                config=Config(s3={"addressing_style": "path"}),
            )
        answer = getattr(self.clients[service], operation)(**parameters)
        answer.pop("ResponseMetadata", None)
        return answer

    def objects(self) -> Iterator[dict]:
        for service, operation, parameters, members, identifier in LISTS:
            kind = f"{service} {members}"
            for found in self.call(service, operation, **parameters).get(members) or []:
                id = found if identifier is None else found[identifier]
                properties = {} if identifier is None else dict(found)
                more = getattr(self, "more_of_" + members, None)
                if more:
                    properties.update(more(id))
                yield {"kind": kind, "id": id, "properties": properties}
                parts = getattr(self, "parts_of_" + members, None)
                yield from parts(id) if parts else []

    def more_of_LoadBalancers(self, id: str) -> dict:
        attributes = self.call("elbv2", "describe_load_balancer_attributes", LoadBalancerArn=id)["Attributes"]
        return {"Attributes": attributes, "Tags": self.balancer_tags(id)}

    def more_of_TargetGroups(self, id: str) -> dict:
        return {"Tags": self.balancer_tags(id)}

    def balancer_tags(self, id: str) -> list:
        return self.call("elbv2", "describe_tags", ResourceArns=[id])["TagDescriptions"][0]["Tags"]

    def parts_of_LoadBalancers(self, id: str) -> Iterator[dict]:
        for listener in self.call("elbv2", "describe_listeners", LoadBalancerArn=id)["Listeners"]:
            arn = listener["ListenerArn"]
            yield {"kind": "elbv2 Listeners", "id": arn, "properties": listener | {"Tags": self.balancer_tags(arn)}}

    def more_of_Roles(self, id: str) -> dict:
        names = self.call("iam", "list_role_policies", RoleName=id)["PolicyNames"]
        documents = [self.call("iam", "get_role_policy", RoleName=id, PolicyName=name) for name in names]
        attached = self.call("iam", "list_attached_role_policies", RoleName=id)["AttachedPolicies"]
        tags = self.call("iam", "list_role_tags", RoleName=id)["Tags"]
        return {"Policies": documents, "AttachedPolicies": attached, "Tags": tags}

    def more_of_logGroups(self, id: str) -> dict:
        return self.call("logs", "list_tags_log_group", logGroupName=id)

    def more_of_HostedZones(self, id: str) -> dict:
        short = id.rsplit("/", 1)[-1]
        tags = self.call("route53", "list_tags_for_resource", ResourceType="hostedzone", ResourceId=short)
        return {"Tags": tags["ResourceTagSet"]["Tags"]}

    def parts_of_HostedZones(self, id: str) -> Iterator[dict]:
        for record in self.call("route53", "list_resource_record_sets", HostedZoneId=id)["ResourceRecordSets"]:
            yield {"kind": "route53 Records", "id": f"{record['Name']} {record['Type']}", "properties": record}

    def more_of_Buckets(self, id: str) -> dict:
        properties = {"Versioning": self.call("s3", "get_bucket_versioning", Bucket=id)}
        for name, operation in [("PublicAccess", "get_public_access_block"), ("Tags", "get_bucket_tagging")]:
            try:
                properties[name] = self.call("s3", operation, Bucket=id)
            except ClientError as error:
                properties[name] = error.response["Error"]["Code"]
        return properties

    def more_of_SecretList(self, id: str) -> dict:
        """How long its value is and which secrets hold the same one, but not what it is."""
        value = self.secret_value(id)
        others = [secret["ARN"] for secret in self.call("secretsmanager", "list_secrets")["SecretList"]]
        twins = [other for other in others if other != id and self.secret_value(other) == value]
        return {"Length": len(value), "Twins": twins}

    def secret_value(self, id: str) -> str:
        if id not in self.secrets:
            self.secrets[id] = self.call("secretsmanager", "get_secret_value", SecretId=id)["SecretString"]
        return self.secrets[id]

    def more_of_QueueUrls(self, id: str) -> dict:
        attributes = self.call("sqs", "get_queue_attributes", QueueUrl=id, AttributeNames=["All"]).get("Attributes")
        return {"Attributes": attributes, "Tags": self.call("sqs", "list_queue_tags", QueueUrl=id).get("Tags")}

    def more_of_clusterArns(self, id: str) -> dict:
        return self.call("ecs", "describe_clusters", clusters=[id], include=["SETTINGS", "TAGS"])["clusters"][0]

    def parts_of_clusterArns(self, id: str) -> Iterator[dict]:
        for arn in self.call("ecs", "list_services", cluster=id)["serviceArns"]:
            described = self.call("ecs", "describe_services", cluster=id, services=[arn], include=["TAGS"])
            yield {"kind": "ecs services", "id": arn, "properties": described["services"][0]}

    def more_of_taskDefinitionArns(self, id: str) -> dict:
        return self.call("ecs", "describe_task_definition", taskDefinition=id, include=["TAGS"])


def main() -> None:
    session = boto3.Session()
    for line in sys.stdin:
        request = json.loads(line)
        objects = list(Account(session, request["endpoint"], request["account"]).objects())
        print(json.dumps(objects, default=str), flush=True)


if __name__ == "__main__":
    main()
