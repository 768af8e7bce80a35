use serde_json::Value as Json;

use crate::plan::adoption::Found;
use crate::resources::{Driver, tags};
use crate::schema::ResourceSchema;
use crate::stack::Stack;

/// The longest name that a resource of a stack file can have is longer by far.
const LONGEST: usize = 48;

/// A name for an object in the stack file that is free there: the object's own, or that of its tag `Name`, or its type's.
/// `taken` are names that are given away already.
pub fn name_for(
    stack: &Stack,
    driver: &dyn Driver,
    schema: &ResourceSchema,
    found: &Found,
    taken: &[String],
) -> String {
    let properties = &found.live.properties;
    let text = |name: &str| properties.get(name).and_then(Json::as_str).map(str::to_owned);
    let tag = || {
        let tags = tags::from_json(properties.get(&schema.tag_property()?.name));
        tags.get("Name").cloned()
    };
    let own = driver.name_rule().and_then(|rule| text(rule.property)).or_else(|| text("Name")).or_else(tag);
    let base = own.map(|own| as_word(&own)).filter(|word| !word.is_empty()).unwrap_or_else(|| of_type(found.type_name));
    let is_free = |name: &str| stack.refuses_new_name(name).is_none() && !taken.iter().any(|taken| taken == name);
    let numbered = (2..).map(|number| format!("{base}_{number}"));
    std::iter::once(base.clone()).chain(numbered).find(|name| is_free(name)).unwrap_or(base)
}

/// `shop_dev_jobs_fifo`, of letters, digits and `_`.
fn as_word(text: &str) -> String {
    let letter = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '_' };
    let word: String = text.chars().map(letter).collect();
    let word: String = word.trim_matches('_').chars().take(LONGEST).collect();
    if word.starts_with(|first: char| first.is_ascii_digit()) { format!("r_{word}") } else { word }
}

/// `AWS::EC2::SubnetRouteTableAssociation` gives `subnet_route_table_association`.
fn of_type(type_name: &str) -> String {
    let (mut word, mut before) = (String::new(), ' ');
    for letter in type_name.rsplit("::").next().unwrap_or_default().chars() {
        if letter.is_ascii_uppercase() && before.is_ascii_lowercase() {
            word.push('_');
        }
        word.push(letter.to_ascii_lowercase());
        before = letter;
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_objects_and_types_become_words() {
        assert_eq!(as_word("shop-dev-failed.fifo"), "shop_dev_failed_fifo");
        assert_eq!(as_word("/aws/lambda/Api"), "aws_lambda_api");
        assert_eq!(as_word("1st"), "r_1st");
        assert_eq!(as_word("*.shop.example"), "shop_example");
        assert_eq!(of_type("AWS::EC2::SubnetRouteTableAssociation"), "subnet_route_table_association");
        assert_eq!(of_type("AWS::EC2::VPC"), "vpc");
    }
}
