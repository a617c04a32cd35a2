//! Panics of libraries as messages.

use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};

/// Calls a function and turns a panic into text: the bindings of CUDA panic when a shared library is missing. Nothing
/// is printed.
///
/// # Errors
/// With the message of the panic.
pub(crate) fn caught<T>(call: impl FnOnce() -> T) -> Result<T, String> {
    let hook = take_hook();
    set_hook(Box::new(|_| ()));
    let outcome = catch_unwind(AssertUnwindSafe(call));
    set_hook(hook);
    outcome.map_err(|payload| {
        let text = payload
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| payload.downcast_ref::<&str>().map(|text| (*text).to_owned()))
            .unwrap_or_else(|| "a library failed without a message".to_owned());
        // Thirty names of files follow.
        text.split(" - searched for").next().unwrap_or_default().to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_message() {
        assert_eq!(caught(|| 3), Ok(3));
        let panics = || std::panic::panic_any("no library - searched for library names: many".to_owned());
        assert_eq!(caught(panics), Err("no library".to_owned()));
    }
}
