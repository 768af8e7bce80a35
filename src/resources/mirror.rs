//! One declaration a nested shape, both ways: AWS's schema shape (PascalCase JSON) to the SDK's types and back.
//!
//! ```ignore
//! mirror! {
//!     struct PortMapping: types::PortMapping {
//!         container_port: i32,
//!         protocol: String,
//!     }
//! }
//! ```
//! makes a serde struct with `ContainerPort` and `Protocol`, both optional, that refuses unknown names, and
//! `Mirror<types::PortMapping>` for it. Field names are the SDK's; `#[serde(rename = "…")]` where the schema's differ by
//! more than case. An SDK enum is a `String`, a list is a `Vec`, a map is a `BTreeMap<String, _>`.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use aws_smithy_types::error::operation::BuildError;

use crate::aws::AwsError;

/// A shape of ours that stands for the SDK's type `S`.
pub trait Mirror<S>: Sized {
    /// # Errors
    /// `AwsError::Invalid` where a field that the SDK requires is absent.
    fn to_sdk(&self) -> Result<S, AwsError>;

    fn from_sdk(sdk: &S) -> Self;
}

impl<S: AsRef<str> + for<'a> From<&'a str>> Mirror<S> for String {
    fn to_sdk(&self) -> Result<S, AwsError> {
        Ok(S::from(self))
    }

    fn from_sdk(sdk: &S) -> Self {
        sdk.as_ref().to_owned()
    }
}

macro_rules! scalars {
    ($($scalar:ty),*) => {$(
        impl Mirror<$scalar> for $scalar {
            fn to_sdk(&self) -> Result<$scalar, AwsError> {
                Ok(*self)
            }

            fn from_sdk(sdk: &$scalar) -> Self {
                *sdk
            }
        }
    )*};
}
scalars!(bool, i32, i64, f32, f64);

impl<S, T: Mirror<S>> Mirror<Vec<S>> for Vec<T> {
    fn to_sdk(&self) -> Result<Vec<S>, AwsError> {
        self.iter().map(Mirror::to_sdk).collect()
    }

    fn from_sdk(sdk: &Vec<S>) -> Self {
        sdk.iter().map(Mirror::from_sdk).collect()
    }
}

impl<K, S, T: Mirror<S>> Mirror<HashMap<K, S>> for BTreeMap<String, T>
where
    K: AsRef<str> + for<'a> From<&'a str> + Eq + Hash,
{
    fn to_sdk(&self) -> Result<HashMap<K, S>, AwsError> {
        self.iter().map(|(key, value)| Ok((K::from(key.as_str()), value.to_sdk()?))).collect()
    }

    fn from_sdk(sdk: &HashMap<K, S>) -> Self {
        sdk.iter().map(|(key, value)| (key.as_ref().to_owned(), Mirror::from_sdk(value))).collect()
    }
}

/// An optional property as an SDK builder takes it: `builder.set_name(sdk(&properties.name)?)`.
///
/// # Errors
/// As `Mirror::to_sdk`.
pub fn sdk<S, T: Mirror<S>>(property: &Option<T>) -> Result<Option<S>, AwsError> {
    property.as_ref().map(Mirror::to_sdk).transpose()
}

/// SDK fields are `Option<T>` or, where the service always sends them, plain `T`. `(&Field(&x)).optional()` reads both:
/// method lookup finds the impl for `Field` of an option before the one for a reference to `Field` of anything.
pub struct Field<'a, T>(pub &'a T);

pub trait OptionalField<T> {
    fn optional(&self) -> Option<&T>;
}

impl<'a, T> OptionalField<T> for Field<'a, Option<T>> {
    fn optional(&self) -> Option<&'a T> {
        self.0.as_ref()
    }
}

pub trait PlainField<T> {
    fn optional(&self) -> Option<&T>;
}

impl<'a, T> PlainField<T> for &Field<'a, T> {
    fn optional(&self) -> Option<&'a T> {
        Some(self.0)
    }
}

/// What a builder's `build` gives: the value, or a `Result` where fields are required.
pub trait Finish<S> {
    /// # Errors
    /// `AwsError::Invalid` naming the field that is absent.
    fn finish(self) -> Result<S, AwsError>;
}

impl<S> Finish<S> for S {
    fn finish(self) -> Result<S, AwsError> {
        Ok(self)
    }
}

impl<S> Finish<S> for Result<S, BuildError> {
    fn finish(self) -> Result<S, AwsError> {
        self.map_err(|error| AwsError::Invalid(error.to_string()))
    }
}

/// See the module.
macro_rules! mirror {
    ($(
        $(#[$meta:meta])*
        $visibility:vis struct $name:ident: $sdk:ty {
            $( $(#[$field_meta:meta])* $field:ident: $kind:ty ),* $(,)?
        }
    )*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "PascalCase", deny_unknown_fields)]
        $visibility struct $name {
            $(
                $(#[$field_meta])*
                #[serde(skip_serializing_if = "Option::is_none", default)]
                pub $field: Option<$kind>,
            )*
        }

        impl $crate::resources::mirror::Mirror<$sdk> for $name {
            fn to_sdk(&self) -> Result<$sdk, $crate::aws::AwsError> {
                let builder = <$sdk>::builder();
                pastey::paste! {
                    $( let builder = builder.[<set_ $field>]($crate::resources::mirror::sdk(&self.$field)?); )*
                }
                $crate::resources::mirror::Finish::<$sdk>::finish(builder.build())
            }

            fn from_sdk(sdk: &$sdk) -> Self {
                #[allow(unused_imports)]
                use $crate::resources::mirror::{Field, Mirror, OptionalField, PlainField};
                Self { $( $field: (&Field(&sdk.$field)).optional().map(Mirror::from_sdk), )* }
            }
        }
    )*};
}

/// Hands properties on to an SDK call's builder whose setters have the same names:
/// `assign!(builder, properties, engine, port)` is `builder.set_engine(sdk(&properties.engine)?).set_port(…)`.
macro_rules! assign {
    ($builder:expr, $properties:expr, $($field:ident),* $(,)?) => {{
        let builder = $builder;
        pastey::paste! {
            $( let builder = builder.[<set_ $field>]($crate::resources::mirror::sdk(&$properties.$field)?); )*
        }
        builder
    }};
}

/// The way back of `assign!`: `reflect!(Properties, answer, engine, port)` is `Properties` with those fields of the SDK's
/// answer, and all others absent.
macro_rules! reflect {
    ($properties:ident, $sdk:expr, $($field:ident),* $(,)?) => {{
        #[allow(unused_imports)]
        use $crate::resources::mirror::{Field, Mirror as _, OptionalField as _, PlainField as _};
        let sdk = $sdk;
        let mut properties = $properties::default();
        $( properties.$field = (&Field(&sdk.$field)).optional().map($crate::resources::mirror::Mirror::from_sdk); )*
        properties
    }};
}

/// A type's properties where no one SDK type stands for them: the same serde struct as `mirror!` makes, and no conversion.
macro_rules! properties {
    ($(
        $(#[$meta:meta])*
        $visibility:vis struct $name:ident {
            $( $(#[$field_meta:meta])* $field:ident: $kind:ty ),* $(,)?
        }
    )*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "PascalCase", deny_unknown_fields)]
        $visibility struct $name {
            $(
                $(#[$field_meta])*
                #[serde(skip_serializing_if = "Option::is_none", default)]
                pub $field: Option<$kind>,
            )*
        }
    )*};
}

#[cfg(test)]
mod tests {
    use aws_sdk_ecs::types;

    use super::*;

    mirror! {
        struct PortMapping: types::PortMapping {
            container_port: i32,
            protocol: String,
        }
        struct ContainerDefinition: types::ContainerDefinition {
            name: String,
            cpu: i32,
            port_mappings: Vec<PortMapping>,
            docker_labels: BTreeMap<String, String>,
        }
        struct Secret: types::Secret {
            name: String,
            value_from: String,
        }
    }

    #[test]
    fn a_shape_survives_the_way_there_and_back() {
        let json = serde_json::json!({
            "Name": "api",
            "Cpu": 256,
            "PortMappings": [{"ContainerPort": 3001, "Protocol": "tcp"}],
            "DockerLabels": {"team": "shop"},
        });
        let mirror: ContainerDefinition = serde_json::from_value(json.clone()).unwrap();
        let sdk: types::ContainerDefinition = mirror.to_sdk().unwrap();
        assert_eq!(sdk.port_mappings()[0].container_port(), Some(3001));
        assert_eq!(serde_json::to_value(ContainerDefinition::from_sdk(&sdk)).unwrap(), json);
    }

    #[test]
    fn a_missing_required_field_is_an_error() {
        let secret = Secret { name: Some("KEY".into()), value_from: None };
        assert!(secret.to_sdk().unwrap_err().to_string().contains("value_from"));
    }
}
