//! Kinds of files that people met trouble with: read as they are meant, or refused with what to say.
