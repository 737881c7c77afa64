//! The places of the format where a text, a list or a mapping may stand: how they are read from YAML, and from the binary
//! catalogue, which knows no such freedom.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};

use super::{Case, Contradiction, Expectation, Expectations, Files, Given, Level, Reach, Reads, ReadsTable, Severities, Unset, Words};

/// A text (numbers and booleans as written), a list, or a mapping of a known shape.
enum Loose<M> {
    Text(String),
    List(Vec<Loose<M>>),
    Map(M),
}

impl<'de, M: Deserialize<'de>> Deserialize<'de> for Loose<M> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LooseVisitor(PhantomData))
    }
}

struct LooseVisitor<M>(PhantomData<M>);

impl<'de, M: Deserialize<'de>> Visitor<'de> for LooseVisitor<M> {
    type Value = Loose<M>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a text, a number, a list or a mapping")
    }
    fn visit_bool<E: de::Error>(self, v: bool) -> Result<Self::Value, E> {
        Ok(Loose::Text(v.to_string()))
    }
    fn visit_i64<E: de::Error>(self, v: i64) -> Result<Self::Value, E> {
        Ok(Loose::Text(v.to_string()))
    }
    fn visit_u64<E: de::Error>(self, v: u64) -> Result<Self::Value, E> {
        Ok(Loose::Text(v.to_string()))
    }
    fn visit_f64<E: de::Error>(self, v: f64) -> Result<Self::Value, E> {
        Ok(Loose::Text(v.to_string()))
    }
    fn visit_str<E: de::Error>(self, v: &str) -> Result<Self::Value, E> {
        Ok(Loose::Text(v.to_owned()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Loose::List(items))
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        M::deserialize(MapAccessDeserializer::new(map)).map(Loose::Map)
    }
}

/// A mapping that must not be there.
struct NoMap;

impl<'de> Deserialize<'de> for NoMap {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(de::Error::custom("expected a text or a list of texts, found a mapping"))
    }
}

impl<M> Loose<M> {
    fn text<E: de::Error>(self) -> Result<String, E> {
        match self {
            Self::Text(text) => Ok(text),
            Self::List(_) => Err(E::custom("expected a text, found a list")),
            Self::Map(_) => Err(E::custom("expected a text, found a mapping")),
        }
    }

    fn words<E: de::Error>(self) -> Result<Vec<String>, E> {
        match self {
            Self::Text(text) => Ok(vec![text]),
            Self::List(items) => items.into_iter().map(Self::text).collect(),
            Self::Map(_) => Err(E::custom("expected a text or a list of texts, found a mapping")),
        }
    }
}

/// Reads `$type` from the binary catalogue through `$plain`, and from YAML through `$loose`.
macro_rules! two_ways {
    ($type:ty, $plain:ty, |$raw:ident: $loose:ty| $read:expr) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if deserializer.is_human_readable() {
                    let $raw = <$loose>::deserialize(deserializer)?;
                    $read
                } else {
                    <$plain>::deserialize(deserializer).map(Into::into)
                }
            }
        }
    };
}

two_ways!(Words, Vec<String>, |raw: Loose<NoMap>| raw.words().map(Words));

two_ways!(Given, plain::Given, |raw: Loose<NoMap>| match raw {
    Loose::Text(text) => Ok(Self::One(text)),
    list => list.words().map(Self::Many),
});

two_ways!(Unset, plain::Unset, |raw: Loose<Case>| match raw {
    Loose::Text(text) => Ok(Self::Always(Given::One(text))),
    Loose::Map(_) => Err(de::Error::custom("`unset` is a value or a list of cases; put a dash before the case")),
    Loose::List(items) if items.iter().any(|item| matches!(item, Loose::Map(_))) => items
        .into_iter()
        .map(|item| match item {
            Loose::Map(case) => Ok(case),
            _ => Err(de::Error::custom("every case of `unset` is a mapping with a `value`")),
        })
        .collect::<Result<_, _>>()
        .map(Self::Cases),
    list @ Loose::List(_) => list.words().map(|words| Self::Always(Given::Many(words))),
});

two_ways!(Reads, plain::Reads, |raw: Loose<ReadsTable>| match raw {
    Loose::Map(table) => Ok(Self::Table(table)),
    name => name.text().map(Self::Named),
});

two_ways!(Files, plain::Files, |raw: Loose<BTreeMap<String, String>>| match raw {
    Loose::Map(files) => Ok(Self::Many(files)),
    text => text.text().map(Self::One),
});

two_ways!(Expectations, Vec<Expectation>, |raw: Loose<Expectation>| {
    fn one<E: de::Error>(raw: Loose<Expectation>) -> Result<Expectation, E> {
        match raw {
            Loose::Map(expectation) => Ok(expectation),
            word => word.text().map(|change| Expectation { change, file: None, line: None }),
        }
    }
    let mut expectations = match raw {
        Loose::List(items) => items.into_iter().map(one).collect::<Result<Vec<_>, _>>()?,
        single => vec![one(single)?],
    };
    expectations.retain(|expectation| expectation.change != "none");
    Ok(Self(expectations))
});

impl From<Vec<Expectation>> for Expectations {
    fn from(expectations: Vec<Expectation>) -> Self {
        Self(expectations)
    }
}

two_ways!(Severities, plain::Severities, |raw: Loose<SeverityMap>| match raw {
    Loose::Map(map) => Ok(Self {
        weakened: map.weakened.unwrap_or_default(),
        removed: map.removed,
        introduced: map.introduced,
        contradicted: map.contradicted,
        undecided: map.undecided,
    }),
    word => {
        let word = word.text::<D::Error>()?;
        let weakened = match word.as_str() {
            "error" => Level::Error,
            "warning" => Level::Warning,
            "note" => Level::Note,
            _ => return Err(de::Error::unknown_variant(&word, &["error", "warning", "note"])),
        };
        Ok(Self { weakened, ..Self::default() })
    }
});

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SeverityMap {
    weakened: Option<Level>,
    removed: Option<Level>,
    introduced: Option<Level>,
    contradicted: Option<Level>,
    undecided: Option<Level>,
}

two_ways!(Contradiction, plain::Contradiction, |raw: Loose<ContradictionMap>| match raw {
    Loose::Map(map) => Ok(Self { claim: map.claim, from: map.from }),
    code => code.text().map(|claim| Self { claim, from: None }),
});

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ContradictionMap {
    claim: String,
    #[serde(default)]
    from: Option<Given>,
}

two_ways!(Reach, plain::Reach, |raw: Loose<SendMap>| match raw {
    Loose::Map(map) => Ok(Self::Send(map.own)),
    word => match word.text::<D::Error>()?.as_str() {
        "listen" => Ok(Self::Listen),
        "send" => Ok(Self::Send(Words::default())),
        other => Err(de::Error::unknown_variant(other, &["listen", "send", "{own: [...]}"])),
    },
});

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SendMap {
    own: Words,
}

impl From<Vec<String>> for Words {
    fn from(words: Vec<String>) -> Self {
        Self(words)
    }
}

/// The same shapes as the public types, as the binary catalogue holds them.
mod plain {
    use super::{BTreeMap, Case, Deserialize, Level, ReadsTable, Words};

    #[derive(Debug, Deserialize)]
    pub enum Given {
        One(String),
        Many(Vec<String>),
    }
    #[derive(Debug, Deserialize)]
    pub enum Unset {
        Always(super::Given),
        Cases(Vec<Case>),
    }
    #[derive(Debug, Deserialize)]
    pub enum Reads {
        Named(String),
        Table(ReadsTable),
    }
    #[derive(Debug, Deserialize)]
    pub enum Reach {
        Listen,
        Send(Words),
    }
    #[derive(Debug, Deserialize)]
    pub enum Files {
        One(String),
        Many(BTreeMap<String, String>),
    }
    #[derive(Debug, Deserialize)]
    pub struct Contradiction {
        pub claim: String,
        pub from: Option<super::Given>,
    }
    #[derive(Debug, Deserialize)]
    pub struct Severities {
        pub weakened: Level,
        pub removed: Option<Level>,
        pub introduced: Option<Level>,
        pub contradicted: Option<Level>,
        pub undecided: Option<Level>,
    }
}

macro_rules! same_enum {
    ($name:ident { $($variant:ident),+ }) => {
        impl From<plain::$name> for $name {
            fn from(plain: plain::$name) -> Self {
                match plain { $(plain::$name::$variant(value) => Self::$variant(value)),+ }
            }
        }
    };
}
same_enum!(Given { One, Many });
same_enum!(Unset { Always, Cases });
same_enum!(Reads { Named, Table });
same_enum!(Files { One, Many });

impl From<plain::Reach> for Reach {
    fn from(plain: plain::Reach) -> Self {
        match plain {
            plain::Reach::Listen => Self::Listen,
            plain::Reach::Send(own) => Self::Send(own),
        }
    }
}

impl From<plain::Contradiction> for Contradiction {
    fn from(plain: plain::Contradiction) -> Self {
        Self { claim: plain.claim, from: plain.from }
    }
}

impl From<plain::Severities> for Severities {
    fn from(plain: plain::Severities) -> Self {
        Self {
            weakened: plain.weakened,
            removed: plain.removed,
            introduced: plain.introduced,
            contradicted: plain.contradicted,
            undecided: plain.undecided,
        }
    }
}
