//! The kernels of a source file and their parameters, read off their signatures.

/// A kernel: `KERNEL name(parameters) {`, perhaps with `__launch_bounds__(…)` before the name.
#[derive(Debug, PartialEq)]
pub(crate) struct Signature {
    pub(crate) name: String,
    pub(crate) parameters: Vec<(String, Type)>,
}

/// What a parameter is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Type {
    /// A pointer to values of the activations' type, `float`, `int` or `unsigned`, as Rust names them.
    Pointer(&'static str),
    /// A number: `i32`, `u32` or `f32`.
    Number(&'static str),
}

/// The kernels of a file in their order. `KERNEL` begins a line.
///
/// # Errors
/// Names a kernel whose signature is not understood, so that no kernel goes without its launch.
pub(crate) fn signatures(text: &str) -> Result<Vec<Signature>, String> {
    let starts = text.match_indices("KERNEL ").filter(|(at, _)| *at == 0 || text[..*at].ends_with('\n'));
    starts.map(|(at, word)| signature(&text[at + word.len()..])).collect()
}

fn signature(text: &str) -> Result<Signature, String> {
    let mut rest = text.trim_start();
    if let Some(bounds) = rest.strip_prefix("__launch_bounds__") {
        rest = bounds.split_once(')').map_or("", |(_, rest)| rest).trim_start();
    }
    let unclear = || format!("no signature of a kernel: `{}`", text.lines().next().unwrap_or_default());
    let (name, rest) = rest.split_once('(').ok_or_else(unclear)?;
    let (parameters, body) = rest.split_once(')').ok_or_else(unclear)?;
    let name = name.trim().to_owned();
    if !is_name(&name) || !body.trim_start().starts_with('{') {
        return Err(unclear());
    }
    let parameters = parameters.split(',').map(str::trim).filter(|parameter| !parameter.is_empty());
    let parameters = parameters.map(|text| {
        parameter(text).ok_or_else(|| {
            format!("kernel {name} has a parameter `{text}`: known are pointers to Value, float, int and unsigned, and the last three")
        })
    });
    Ok(Signature { parameters: parameters.collect::<Result<_, _>>()?, name })
}

fn parameter(text: &str) -> Option<(String, Type)> {
    let text = text.replace("__restrict__", " ").replace('*', " * ");
    let words: Vec<&str> = text.split_whitespace().filter(|word| *word != "const").collect();
    let (name, of) = words.split_last()?;
    let kind = match of {
        ["Value", "*"] => Type::Pointer("Value"),
        ["float", "*"] => Type::Pointer("f32"),
        ["int", "*"] => Type::Pointer("i32"),
        ["unsigned", "*"] => Type::Pointer("u32"),
        ["float"] => Type::Number("f32"),
        ["int"] => Type::Number("i32"),
        ["unsigned"] => Type::Number("u32"),
        _ => return None,
    };
    is_name(name).then(|| ((*name).to_owned(), kind))
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_read_as_a_compiler_reads_them() {
        let text = "// KERNEL none(int x) {\nKERNEL scale(const float* __restrict__ x, Value *y,\n    int count) {\n}\n\
                    KERNEL __launch_bounds__(256) note(unsigned* failure, unsigned step, float f, const int* i) {\n}\n\
                    KERNEL nothing() {\n}\n";
        let found = signatures(text).unwrap();
        let parameter = |name: &str, kind| (name.to_owned(), kind);
        assert_eq!(found.len(), 3);
        assert_eq!(found[0].name, "scale");
        let expected = [("x", Type::Pointer("f32")), ("y", Type::Pointer("Value")), ("count", Type::Number("i32"))];
        assert_eq!(found[0].parameters, expected.map(|(name, kind)| parameter(name, kind)));
        let expected = [
            ("failure", Type::Pointer("u32")),
            ("step", Type::Number("u32")),
            ("f", Type::Number("f32")),
            ("i", Type::Pointer("i32")),
        ];
        assert_eq!(found[1].parameters, expected.map(|(name, kind)| parameter(name, kind)));
        assert_eq!(found[2], Signature { name: "nothing".into(), parameters: Vec::new() });
    }

    #[test]
    fn what_is_not_understood_is_an_error() {
        for (text, part) in [
            ("KERNEL f(double x) {", "double x"),
            ("KERNEL f(float** x) {", "float**"),
            ("KERNEL f(int) {", "int"),
            ("KERNEL f(int x);", "no signature"),
            ("KERNEL f", "no signature"),
        ] {
            let error = signatures(text).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }
}
