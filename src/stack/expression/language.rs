use crate::expression::Call;
use crate::stack::diagnostic::did_you_mean;

/// Names that a resource cannot have: the roots of expressions, and words that mean something else in CEL.
pub(crate) const RESERVED: &[&str] = &[
    "config",
    "stack",
    "each",
    "input", // roots
    "true",
    "false",
    "null",
    "in", // CEL's grammar
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while", // reserved by CEL's specification
    "bool",
    "bytes",
    "double",
    "duration",
    "dyn",
    "int",
    "list",
    "map",
    "null_type",
    "optional_type",
    "string",
    "timestamp",
    "type",
    "uint", // types, which are values in CEL
    "lists",
    "math",
    "optional",
    "strings",
    "google", // namespaces of functions
];

/// The functions that an expression may call, on a value or not. Operators are named otherwise.
const FUNCTIONS: &[&str] = &[
    // our own
    "azs",
    "base64",
    "cidr_subnet",
    "file",
    "secret",
    "ssm",
    "json",
    "sha256",
    // CEL's standard ones
    "bool",
    "bytes",
    "contains",
    "double",
    "duration",
    "dyn",
    "endsWith",
    "getDate",
    "getDayOfMonth",
    "getDayOfWeek",
    "getDayOfYear",
    "getFullYear",
    "getHours",
    "getMilliseconds",
    "getMinutes",
    "getMonth",
    "getSeconds",
    "int",
    "matches",
    "size",
    "startsWith",
    "string",
    "timestamp",
    "type",
    "uint",
    // macros, where they are called with as many arguments as no macro takes
    "all",
    "exists",
    "exists_one",
    "existsOne",
    "filter",
    "has",
    "map",
    "sortBy",
    // optional values
    "hasValue",
    "none",
    "of",
    "ofNonZeroValue",
    "or",
    "orValue",
    "value",
    // the extension libraries: strings, lists, math
    "charAt",
    "format",
    "indexOf",
    "join",
    "lastIndexOf",
    "lowerAscii",
    "quote",
    "replace",
    "reverse",
    "split",
    "substring",
    "trim",
    "upperAscii",
    "distinct",
    "flatten",
    "range",
    "slice",
    "sort",
    "abs",
    "bitAnd",
    "bitNot",
    "bitOr",
    "bitShiftLeft",
    "bitShiftRight",
    "bitXor",
    "ceil",
    "floor",
    "greatest",
    "isFinite",
    "isInf",
    "isNaN",
    "least",
    "round",
    "sign",
    "sqrt",
    "trunc",
];

/// How many arguments our own functions take, at least and at most; CEL counts those of its own.
const ARGUMENTS: &[(&str, usize, usize)] = &[
    ("azs", 0, 1),
    ("base64", 1, 1),
    ("cidr_subnet", 3, 3),
    ("file", 1, 1),
    ("json", 1, 1),
    ("secret", 1, 2),
    ("sha256", 1, 1),
    ("ssm", 1, 1),
];

/// Functions that other tools have under another name, and what to write here.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("cidrsubnet", "cidr_subnet"),
    ("jsonencode", "json"),
    ("base64encode", "base64"),
    ("length", "size"),
    ("lower", "lowerAscii"),
    ("upper", "upperAscii"),
    ("tostring", "string"),
    ("tonumber", "int"),
    ("concat", "+"),
];

/// True for words that a path cannot be made of.
pub(super) fn is_word(name: &str) -> bool {
    matches!(name, "true" | "false" | "null" | "in")
}

/// What to write instead of a function that does not exist; `None` if it does, or is an operator.
pub(crate) fn unknown_function(name: &str) -> Option<Option<String>> {
    // Operators, and what macros expand to, have names that no expression can write.
    let is_internal = name.contains(|character: char| !character.is_ascii_alphanumeric() && character != '_')
        || name.starts_with('_');
    if is_internal || FUNCTIONS.contains(&name) {
        return None;
    }
    let renamed = OTHER_NAMES.iter().find(|(other, _)| *other == name);
    Some(match renamed {
        Some((_, ours)) => Some(format!("it is called `{ours}` here")),
        None => did_you_mean(name, FUNCTIONS.iter().copied()),
    })
}

/// What is wrong with how one of our own functions is called.
pub(crate) fn wrong_count(call: &Call) -> Option<String> {
    let (name, least, most) = ARGUMENTS.iter().find(|(name, ..)| *name == call.name)?;
    if call.on_value {
        return Some(format!("`{name}` is not called on a value: write `{name}(…)`"));
    }
    let takes = match (least, most) {
        (_, 1) if least == most => "1 argument".to_owned(),
        _ if least == most => format!("{most} arguments"),
        _ => format!("{least} or {most} arguments"),
    };
    let fits = (*least..=*most).contains(&call.arguments);
    (!fits).then(|| format!("`{name}` takes {takes}, and is given {}", call.arguments))
}
