//! Numbers that come back from JSON to the last bit. The JSON reader may round a decimal of 16 digits to a neighbour;
//! as text, Rust's shortest form is read back exactly. Used with `#[serde(with = "crate::exact")]`.

use serde::{Deserialize, Deserializer, Serializer};

/// Text, or a number in a file that somebody wrote by hand.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Text(String),
    Number(f64),
}

pub(crate) fn serialize<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&value.to_string())
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    match Written::deserialize(deserializer)? {
        Written::Number(value) => Ok(value),
        Written::Text(text) => text.parse().map_err(serde::de::Error::custom),
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize)]
    struct Holder {
        #[serde(with = "crate::exact")]
        value: f64,
    }

    #[test]
    fn every_bit_comes_back() {
        let mut value = 0.109_922_368_490_464_38_f64;
        for _ in 0..10_000 {
            let text = serde_json::to_string(&Holder { value }).unwrap();
            let back: Holder = serde_json::from_str(&text).unwrap();
            assert_eq!(back.value.to_bits(), value.to_bits());
            value = (value * 1.618_033_988_749_895 + 0.1).fract();
        }
        let by_hand: Holder = serde_json::from_str(r#"{"value": 0.5}"#).unwrap();
        assert_eq!(by_hand.value, 0.5);
        assert!(serde_json::from_str::<Holder>(r#"{"value": "half"}"#).is_err());
    }
}
