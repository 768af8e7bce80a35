//! What a listener does with a request.

use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancingv2::types;

use crate::resources::NumberText;

mirror! {
    pub struct Action: types::Action {
        authenticate_cognito_config: AuthenticateCognito,
        authenticate_oidc_config: AuthenticateOidc,
        fixed_response_config: FixedResponse,
        forward_config: Forward,
        jwt_validation_config: JwtValidation,
        order: i32,
        redirect_config: Redirect,
        target_group_arn: String,
        r#type: String,
    }
    pub struct AuthenticateCognito: types::AuthenticateCognitoActionConfig {
        authentication_request_extra_params: BTreeMap<String, String>,
        on_unauthenticated_request: String,
        scope: String,
        session_cookie_name: String,
        session_timeout: NumberText,
        user_pool_arn: String,
        user_pool_client_id: String,
        user_pool_domain: String,
    }
    pub struct AuthenticateOidc: types::AuthenticateOidcActionConfig {
        authentication_request_extra_params: BTreeMap<String, String>,
        authorization_endpoint: String,
        client_id: String,
        client_secret: String,
        issuer: String,
        on_unauthenticated_request: String,
        scope: String,
        session_cookie_name: String,
        session_timeout: NumberText,
        token_endpoint: String,
        use_existing_client_secret: bool,
        user_info_endpoint: String,
    }
    pub struct FixedResponse: types::FixedResponseActionConfig {
        content_type: String,
        message_body: String,
        status_code: String,
    }
    pub struct Forward: types::ForwardActionConfig {
        target_group_stickiness_config: Stickiness,
        target_groups: Vec<TargetGroupTuple>,
    }
    pub struct Stickiness: types::TargetGroupStickinessConfig {
        duration_seconds: i32,
        enabled: bool,
    }
    pub struct TargetGroupTuple: types::TargetGroupTuple {
        target_group_arn: String,
        weight: i32,
    }
    pub struct JwtValidation: types::JwtValidationActionConfig {
        additional_claims: Vec<JwtClaim>,
        issuer: String,
        jwks_endpoint: String,
    }
    pub struct JwtClaim: types::JwtValidationActionAdditionalClaim {
        format: String,
        name: String,
        values: Vec<String>,
    }
    pub struct Redirect: types::RedirectActionConfig {
        host: String,
        path: String,
        port: String,
        protocol: String,
        query: String,
        status_code: String,
    }
}
