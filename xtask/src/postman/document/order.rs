//! The order in which a document lists its paths. It is the author's and means something in a run of all requests,
//! but a parsed value is sorted, so it is read from the text beside it. (serde_json could keep it, by a feature that
//! would change how the product's own crates behave when all are built together.)

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

/// The paths of the document in `text`, in its order.
pub(super) fn of_paths(text: &str) -> serde_json::Result<Vec<String>> {
    #[derive(Deserialize)]
    struct Ordered {
        paths: Keys,
    }
    serde_json::from_str::<Ordered>(text).map(|document| document.paths.0)
}

/// An object's keys without their values.
struct Keys(Vec<String>);

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeysVisitor;

        impl<'de> Visitor<'de> for KeysVisitor {
            type Value = Keys;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keys, A::Error> {
                let mut keys = Vec::new();
                while let Some((key, IgnoredAny)) = map.next_entry()? {
                    keys.push(key);
                }
                Ok(Keys(keys))
            }
        }

        deserializer.deserialize_map(KeysVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::of_paths;

    #[test]
    fn the_order_is_the_texts() {
        let text = r#"{"info": {}, "paths": {"/b": {"get": {"x": [1]}}, "/a": {}}, "tags": []}"#;
        assert_eq!(of_paths(text).unwrap(), ["/b", "/a"]);
        assert!(of_paths(r#"{"info": {}}"#).is_err());
    }
}
