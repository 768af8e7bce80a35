// The application of stacks/dev.yaml, resource by resource, in CDK's own classes of CloudFormation's types.
const { App, Stack, CfnOutput } = require("aws-cdk-lib");
const ec2 = require("aws-cdk-lib/aws-ec2");
const ecs = require("aws-cdk-lib/aws-ecs");
const elb = require("aws-cdk-lib/aws-elasticloadbalancingv2");
const iam = require("aws-cdk-lib/aws-iam");
const logs = require("aws-cdk-lib/aws-logs");
const rds = require("aws-cdk-lib/aws-rds");
const route53 = require("aws-cdk-lib/aws-route53");
const s3 = require("aws-cdk-lib/aws-s3");
const secretsmanager = require("aws-cdk-lib/aws-secretsmanager");
const sqs = require("aws-cdk-lib/aws-sqs");

const config = { image: "public.ecr.aws/nginx/nginx:stable", port: 80, healthPath: "/", domain: "dev.shop.example" };
const region = "us-west-2";
const zones = ["us-west-2a", "us-west-2b"];
const tasksAssume = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "ecs-tasks.amazonaws.com" }, Action: "sts:AssumeRole" }],
};
const allow = (Action, Resource) => ({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource }] });

const stack = new Stack(new App(), "shop-dev", { env: { account: "123456789012", region }, tags: { team: "shop" } });

const vpc = new ec2.CfnVPC(stack, "vpc", { cidrBlock: "10.0.0.0/16", enableDnsHostnames: true, enableDnsSupport: true });
const vpcId = vpc.attrVpcId;
const gateway = new ec2.CfnInternetGateway(stack, "gateway");
const internetGatewayId = gateway.attrInternetGatewayId;
const attachment = new ec2.CfnVPCGatewayAttachment(stack, "gateway_attachment", { vpcId, internetGatewayId });
const subnet = (name, from, mapPublicIpOnLaunch) =>
  zones.map((availabilityZone, index) => {
    const cidrBlock = `10.0.${from + index}.0/24`;
    return new ec2.CfnSubnet(stack, `${name}_${index}`, { vpcId, availabilityZone, cidrBlock, mapPublicIpOnLaunch });
  });
const publicSubnets = subnet("public_subnet", 0, true);
const privateSubnets = subnet("private_subnet", 100, undefined);
const routeTableId = new ec2.CfnRouteTable(stack, "public_routes", { vpcId }).attrRouteTableId;
const internetRoute = new ec2.CfnRoute(stack, "internet_route", {
  routeTableId,
  destinationCidrBlock: "0.0.0.0/0",
  gatewayId: internetGatewayId,
});
internetRoute.addDependency(attachment);
const associations = publicSubnets.map(
  ({ attrSubnetId: subnetId }, index) =>
    new ec2.CfnSubnetRouteTableAssociation(stack, `public_subnet_routes_${index}`, { subnetId, routeTableId }),
);

const group = (name, groupDescription, rule) =>
  new ec2.CfnSecurityGroup(stack, name, { vpcId, groupDescription, securityGroupIngress: [{ ipProtocol: "tcp", ...rule }] });
const balancerGroup = group("load_balancer_group", "the internet to the load balancer", {
  fromPort: 80,
  toPort: 80,
  cidrIp: "0.0.0.0/0",
  description: "HTTP",
});
const apiGroup = group("api_group", "the load balancer to the API", {
  fromPort: config.port,
  toPort: config.port,
  sourceSecurityGroupId: balancerGroup.attrGroupId,
});
const databaseGroup = group("database_group", "the API to the database", {
  fromPort: 5432,
  toPort: 5432,
  sourceSecurityGroupId: apiGroup.attrGroupId,
});

const failed = new sqs.CfnQueue(stack, "jobs_dlq", { fifoQueue: true, messageRetentionPeriod: 1209600 });
const jobs = new sqs.CfnQueue(stack, "jobs", {
  fifoQueue: true,
  contentBasedDeduplication: true,
  visibilityTimeout: 45,
  redrivePolicy: { deadLetterTargetArn: failed.attrArn, maxReceiveCount: 5 },
});

const web = new s3.CfnBucket(stack, "web", {
  bucketName: "shop-dev-web-123456789012",
  bucketEncryption: {
    serverSideEncryptionConfiguration: [{ serverSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
  },
  ownershipControls: { rules: [{ objectOwnership: "BucketOwnerEnforced" }] },
  publicAccessBlockConfiguration: {
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  },
  versioningConfiguration: { status: "Enabled" },
  lifecycleConfiguration: {
    rules: [
      {
        id: "old-versions",
        status: "Enabled",
        noncurrentVersionExpiration: { noncurrentDays: 30 },
        abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
      },
    ],
  },
});

const databaseSubnets = new rds.CfnDBSubnetGroup(stack, "database_subnets", {
  dbSubnetGroupDescription: "private subnets of the shop",
  subnetIds: privateSubnets.map((subnet) => subnet.attrSubnetId),
});
const database = new rds.CfnDBCluster(stack, "database", {
  engine: "aurora-postgresql",
  engineVersion: "17.9",
  databaseName: "shop",
  masterUsername: "shop",
  manageMasterUserPassword: true,
  serverlessV2ScalingConfiguration: { minCapacity: 0.5, maxCapacity: 2 },
  dbSubnetGroupName: databaseSubnets.ref,
  vpcSecurityGroupIds: [databaseGroup.attrGroupId],
  storageEncrypted: true,
  backupRetentionPeriod: 1,
  copyTagsToSnapshot: true,
});
const databaseInstance = new rds.CfnDBInstance(stack, "database_instance", {
  dbClusterIdentifier: database.ref,
  dbInstanceClass: "db.serverless",
  engine: "aurora-postgresql",
  autoMinorVersionUpgrade: false,
  publiclyAccessible: false,
});
const sessionSecret = new secretsmanager.CfnSecret(stack, "session_secret", {
  description: "signs the API's session cookies",
  generateSecretString: { passwordLength: 64, excludePunctuation: true },
});
const secretArn = database.attrMasterUserSecretSecretArn;

const apiLogs = new logs.CfnLogGroup(stack, "api_logs", { retentionInDays: 14 });
const executionRole = new iam.CfnRole(stack, "execution_role", {
  assumeRolePolicyDocument: tasksAssume,
  managedPolicyArns: ["arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"],
  policies: [
    { policyName: "secrets", policyDocument: allow("secretsmanager:GetSecretValue", [secretArn, sessionSecret.attrId]) },
  ],
});
const queueActions = ["SendMessage", "ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility", "GetQueueAttributes"];
const taskRole = new iam.CfnRole(stack, "task_role", {
  assumeRolePolicyDocument: tasksAssume,
  policies: [{ policyName: "jobs", policyDocument: allow(queueActions.map((name) => `sqs:${name}`), jobs.attrArn) }],
});

const cluster = new ecs.CfnCluster(stack, "cluster");
const task = new ecs.CfnTaskDefinition(stack, "api_task", {
  requiresCompatibilities: ["FARGATE"],
  networkMode: "awsvpc",
  cpu: "256",
  memory: "512",
  executionRoleArn: executionRole.attrArn,
  taskRoleArn: taskRole.attrArn,
  containerDefinitions: [
    {
      name: "api",
      image: config.image,
      essential: true,
      portMappings: [{ containerPort: config.port }],
      environment: [
        { name: "PORT", value: String(config.port) },
        { name: "JOBS_QUEUE_URL", value: jobs.attrQueueUrl },
        { name: "WEB_BUCKET", value: web.ref },
        { name: "DATABASE_HOST", value: database.attrEndpointAddress },
        { name: "DATABASE_NAME", value: "shop" },
        { name: "DATABASE_USER", value: "shop" },
      ],
      secrets: [
        { name: "DATABASE_PASSWORD", valueFrom: `${secretArn}:password::` },
        { name: "SESSION_SECRET", valueFrom: sessionSecret.attrId },
      ],
      logConfiguration: {
        logDriver: "awslogs",
        options: { "awslogs-group": apiLogs.ref, "awslogs-region": region, "awslogs-stream-prefix": "api" },
      },
    },
  ],
});

const balancer = new elb.CfnLoadBalancer(stack, "load_balancer", {
  type: "application",
  scheme: "internet-facing",
  securityGroups: [balancerGroup.attrGroupId],
  subnets: publicSubnets.map((subnet) => subnet.attrSubnetId),
});
balancer.addDependency(attachment);
const targets = new elb.CfnTargetGroup(stack, "api_targets", {
  vpcId,
  targetType: "ip",
  protocol: "HTTP",
  port: config.port,
  healthCheckPath: config.healthPath,
  healthCheckIntervalSeconds: 10,
  healthyThresholdCount: 2,
  targetGroupAttributes: [{ key: "deregistration_delay.timeout_seconds", value: "10" }],
});
const http = new elb.CfnListener(stack, "http", {
  loadBalancerArn: balancer.ref,
  port: 80,
  protocol: "HTTP",
  defaultActions: [{ type: "forward", targetGroupArn: targets.ref }],
});

const api = new ecs.CfnService(stack, "api", {
  cluster: cluster.ref,
  taskDefinition: task.ref,
  launchType: "FARGATE",
  desiredCount: 1,
  deploymentConfiguration: {
    deploymentCircuitBreaker: { enable: true, rollback: true },
    minimumHealthyPercent: 100,
    maximumPercent: 200,
  },
  healthCheckGracePeriodSeconds: 30,
  loadBalancers: [{ containerName: "api", containerPort: config.port, targetGroupArn: targets.ref }],
  networkConfiguration: {
    awsvpcConfiguration: {
      assignPublicIp: "ENABLED",
      securityGroups: [apiGroup.attrGroupId],
      subnets: publicSubnets.map((subnet) => subnet.attrSubnetId),
    },
  },
});
[http, internetRoute, ...associations, databaseInstance].forEach((dependency) => api.addDependency(dependency));

const zone = new route53.CfnHostedZone(stack, "zone", { name: config.domain });
new route53.CfnRecordSet(stack, "api_record", {
  hostedZoneId: zone.attrId,
  name: `api.${config.domain}`,
  type: "A",
  aliasTarget: {
    dnsName: balancer.attrDnsName,
    hostedZoneId: balancer.attrCanonicalHostedZoneId,
    evaluateTargetHealth: true,
  },
});

const output = (name, value) => new CfnOutput(stack, name, { value });
output("url", `http://api.${config.domain}`);
output("loadBalancerUrl", `http://${balancer.attrDnsName}`);
output("databaseEndpoint", database.attrEndpointAddress);
output("jobsQueueUrl", jobs.attrQueueUrl);
output("webBucket", web.ref);
