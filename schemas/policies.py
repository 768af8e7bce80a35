"""Which properties hold a policy document of IAM's grammar, and which services its actions may name.

The schemas publish such a property as a map or a text of any shape. `infra/KIND_policy.json` says what is in it:

- `trust`: who may assume a role. It has principals and no resources.
- `identity`: what somebody may do. It has resources and no principals.
- `resource`: who may do what with an object. It has both.
- `own_resource`: the same where the object itself is meant, so that resources may be left out.
"""

from __future__ import annotations

import json
from pathlib import Path

_ELEMENTS = "IAM user guide, IAM JSON policy elements reference, Principal: identity policies have none, trust policies must"
_LINTED_IDENTITY = "cfn-lint E3510; IAM user guide, Identity-based policies and resource-based policies"
_LINTED_RESOURCE = "cfn-lint E3512; IAM user guide, Identity-based policies and resource-based policies"
_DESCRIBED = "the property's own description: a resource policy"
_SERVICES = "IAM user guide, AWS services that work with IAM: the service has resource-based policies"
_SESSION = "IAM user guide, Policies and permissions, Session policies: they limit what the role's identity policies grant"
_ECR = "cfn-lint E3513 for repositories; ECR user guide, Repository policies: the repository is the resource"
_EFS = "CloudFormation, AWS::EFS::FileSystem, examples: a statement of a FileSystemPolicy without Resource"
_ENDPOINT = "VPC PrivateLink guide, Control access to VPC endpoints using endpoint policies: it must contain a Principal"
_REPLICA = "KMS API reference, ReplicateKey, Policy: each statement must contain one or more principals"
_OBJECT_LAMBDA = "S3 API reference, PutAccessPointPolicyForObjectLambda: the resource policy of an access point"
_DYNAMODB = "DynamoDB API reference, PutResourcePolicy: a resource-based policy of a table or stream"

POLICIES = [
    ("AWS::APS::ResourcePolicy", "/properties/PolicyDocument", "resource", _DESCRIBED),
    ("AWS::ApiGateway::RestApi", "/properties/Policy", "resource", _DESCRIBED),
    ("AWS::Backup::BackupVault", "/properties/AccessPolicy", "resource", _SERVICES),
    ("AWS::Backup::LogicallyAirGappedBackupVault", "/properties/AccessPolicy", "resource", _SERVICES),
    ("AWS::CloudTrail::ResourcePolicy", "/properties/ResourcePolicy", "resource", _DESCRIBED),
    ("AWS::CodeArtifact::Domain", "/properties/PermissionsPolicyDocument", "resource", _DESCRIBED),
    ("AWS::CodeArtifact::Repository", "/properties/PermissionsPolicyDocument", "resource", _DESCRIBED),
    ("AWS::DynamoDB::GlobalTable", "/definitions/ResourcePolicy/properties/PolicyDocument", "resource", _DYNAMODB),
    ("AWS::DynamoDB::Table", "/definitions/ResourcePolicy/properties/PolicyDocument", "resource", _DYNAMODB),
    ("AWS::EC2::VPCEndpoint", "/properties/PolicyDocument", "resource", _ENDPOINT),
    ("AWS::ECR::PublicRepository", "/properties/RepositoryPolicyText", "own_resource", _ECR),
    ("AWS::ECR::RegistryPolicy", "/properties/PolicyText", "resource", _SERVICES),
    ("AWS::ECR::Repository", "/properties/RepositoryPolicyText", "own_resource", _ECR),
    ("AWS::ECR::RepositoryCreationTemplate", "/properties/RepositoryPolicy", "own_resource", _ECR),
    ("AWS::EFS::FileSystem", "/properties/FileSystemPolicy", "own_resource", _EFS),
    ("AWS::EKS::PodIdentityAssociation", "/properties/Policy", "identity", _SESSION),
    ("AWS::Elasticsearch::Domain", "/properties/AccessPolicies", "resource", _SERVICES),
    ("AWS::IAM::Group", "/definitions/Policy/properties/PolicyDocument", "identity", _LINTED_IDENTITY),
    ("AWS::IAM::GroupPolicy", "/properties/PolicyDocument", "identity", _LINTED_IDENTITY),
    ("AWS::IAM::ManagedPolicy", "/properties/PolicyDocument", "identity", _LINTED_IDENTITY),
    ("AWS::IAM::Policy", "/properties/PolicyDocument", "identity", _LINTED_IDENTITY),
    ("AWS::IAM::Role", "/definitions/Policy/properties/PolicyDocument", "identity", _LINTED_IDENTITY),
    ("AWS::IAM::Role", "/properties/AssumeRolePolicyDocument", "trust", f"cfn-lint E3530; {_ELEMENTS}"),
    ("AWS::IAM::RolePolicy", "/properties/PolicyDocument", "identity", _LINTED_IDENTITY),
    ("AWS::IAM::User", "/definitions/Policy/properties/PolicyDocument", "identity", _LINTED_IDENTITY),
    ("AWS::IAM::UserPolicy", "/properties/PolicyDocument", "identity", _LINTED_IDENTITY),
    ("AWS::KMS::Key", "/properties/KeyPolicy", "resource", _LINTED_RESOURCE),
    ("AWS::KMS::ReplicaKey", "/properties/KeyPolicy", "resource", _REPLICA),
    ("AWS::Kinesis::ResourcePolicy", "/properties/ResourcePolicy", "resource", _DESCRIBED),
    ("AWS::Lambda::ResourcePolicy", "/properties/PolicyDocument", "resource", _DESCRIBED),
    ("AWS::Logs::Destination", "/properties/DestinationPolicy", "resource", _DESCRIBED),
    ("AWS::Logs::LogGroup", "/properties/ResourcePolicyDocument", "resource", _DESCRIBED),
    ("AWS::Logs::ResourcePolicy", "/properties/PolicyDocument", "resource", _SERVICES),
    ("AWS::OpenSearchService::Domain", "/properties/AccessPolicies", "resource", _LINTED_RESOURCE),
    ("AWS::RolesAnywhere::Profile", "/properties/SessionPolicy", "identity", _SESSION),
    ("AWS::S3::AccessPoint", "/properties/Policy", "resource", _SERVICES),
    ("AWS::S3::BucketPolicy", "/properties/PolicyDocument", "resource", _LINTED_RESOURCE),
    ("AWS::S3::MultiRegionAccessPointPolicy", "/properties/Policy", "resource", _SERVICES),
    ("AWS::S3Express::BucketPolicy", "/properties/PolicyDocument", "resource", _DESCRIBED),
    ("AWS::S3ObjectLambda::AccessPointPolicy", "/properties/PolicyDocument", "resource", _OBJECT_LAMBDA),
    ("AWS::S3Outposts::AccessPoint", "/properties/Policy", "resource", _SERVICES),
    ("AWS::S3Outposts::BucketPolicy", "/properties/PolicyDocument", "resource", _SERVICES),
    ("AWS::S3Tables::TableBucketPolicy", "/properties/ResourcePolicy", "resource", _DESCRIBED),
    ("AWS::S3Tables::TablePolicy", "/properties/ResourcePolicy", "resource", _DESCRIBED),
    ("AWS::SNS::TopicInlinePolicy", "/properties/PolicyDocument", "resource", _SERVICES),
    ("AWS::SNS::TopicPolicy", "/properties/PolicyDocument", "resource", _LINTED_RESOURCE),
    ("AWS::SQS::QueueInlinePolicy", "/properties/PolicyDocument", "resource", _SERVICES),
    ("AWS::SQS::QueuePolicy", "/properties/PolicyDocument", "resource", _LINTED_RESOURCE),
    ("AWS::SSO::PermissionSet", "/properties/InlinePolicy", "identity", _LINTED_IDENTITY),
    ("AWS::SecretsManager::ResourcePolicy", "/properties/ResourcePolicy", "resource", _SERVICES),
    ("AWS::Transfer::User", "/properties/Policy", "identity", _SESSION),
    ("AWS::XRay::ResourcePolicy", "/properties/PolicyDocument", "resource", _DESCRIBED),
]
"""`(type, JSON pointer of the property, kind, source)`. Left out are documents of other grammars: of IoT, Verified Access,
OpenSearch Serverless and RAM, data protection, filters and redrives of SNS and SQS."""


def iam_services(package: Path) -> list[str]:
    """The prefixes of actions, `s3` of `s3:GetObject`, sorted. `package` is the folder of the installed `cfn-lint`, whose
    `Policies.json` is made from AWS's Service Authorization Reference."""
    actions = package / "data" / "AdditionalSpecs" / "Policies.json"
    return sorted(json.loads(actions.read_text(encoding="utf-8")))


def iam_services_text(package: Path, source: str) -> str:
    """The whole of `iam_services.txt`: a line that says what it was made from, like `cfn-lint==1.58.0`, and one prefix a line."""
    return "\n".join([f"# {source}", *iam_services(package)]) + "\n"
