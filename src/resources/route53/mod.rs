mod change;
mod dns_name;
mod hosted_zone;
mod hosted_zone_settings;
mod record_naming;
mod record_reading;
mod record_set;
mod record_shape;
mod zone_memory;
mod zones;

pub use hosted_zone::HostedZone;
pub use record_set::RecordSet;
