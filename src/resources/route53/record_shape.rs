//! A record set in the schema's shape and in the API's.

use aws_sdk_route53::types;
use serde::{Deserialize, Serialize};

use crate::aws::AwsError;
use crate::resources::NumberText;
use crate::resources::mirror::Mirror;

mirror! {
    pub struct Record: types::ResourceRecordSet {
        name: String,
        r#type: String,
        set_identifier: String,
        weight: i64,
        region: String,
        geo_location: GeoLocation,
        geo_proximity_location: GeoProximityLocation,
        cidr_routing_config: CidrRoutingConfig,
        failover: String,
        multi_value_answer: bool,
        #[serde(rename = "TTL")]
        ttl: NumberText,
        resource_records: Vec<RecordValue>,
        alias_target: AliasTarget,
        health_check_id: String,
    }
    pub struct AliasTarget: types::AliasTarget {
        #[serde(rename = "DNSName")]
        dns_name: String,
        evaluate_target_health: bool,
        hosted_zone_id: String,
    }
    pub struct GeoLocation: types::GeoLocation {
        continent_code: String,
        country_code: String,
        subdivision_code: String,
    }
    pub struct GeoProximityLocation: types::GeoProximityLocation {
        #[serde(rename = "AWSRegion")]
        aws_region: String,
        local_zone_group: String,
        coordinates: Coordinates,
        bias: i32,
    }
    pub struct Coordinates: types::Coordinates {
        latitude: String,
        longitude: String,
    }
    pub struct CidrRoutingConfig: types::CidrRoutingConfig {
        collection_id: String,
        location_name: String,
    }
}

/// One value of a record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordValue(String);

impl Mirror<types::ResourceRecord> for RecordValue {
    fn to_sdk(&self) -> Result<types::ResourceRecord, AwsError> {
        let record = types::ResourceRecord::builder().value(&self.0).build();
        record.map_err(|error| AwsError::Invalid(error.to_string()))
    }

    fn from_sdk(sdk: &types::ResourceRecord) -> Self {
        Self(sdk.value.clone())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_record_with_values_survives_the_way_there_and_back() {
        let json = json!({
            "Name": "www.example.com", "Type": "A", "TTL": "300", "ResourceRecords": ["192.0.2.1", "192.0.2.2"],
            "SetIdentifier": "blue", "Weight": 10,
        });
        let record: Record = serde_json::from_value(json.clone()).unwrap();
        let sdk: types::ResourceRecordSet = record.to_sdk().unwrap();
        assert_eq!((sdk.ttl(), sdk.resource_records()[1].value()), (Some(300), "192.0.2.2"));
        assert_eq!(serde_json::to_value(Record::from_sdk(&sdk)).unwrap(), json);
    }

    #[test]
    fn a_time_to_live_may_be_a_number() {
        let record: Record = serde_json::from_value(json!({"TTL": 60})).unwrap();
        assert_eq!(serde_json::to_value(record).unwrap(), json!({"TTL": "60"}));
    }
}
