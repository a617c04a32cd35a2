//! Comments go to the declaration they stand at, so that formatting keeps each of them.

use crate::ast::{Comment, Comments};
use crate::span::Span;

/// What comments may belong to: a place, and whether an empty line is before it.
pub(super) struct Place<'a> {
    pub(super) span: Span,
    pub(super) comments: &'a mut Comments,
}

/// The comments of a file that belong to no declaration.
#[derive(Debug, Default)]
pub(super) struct Loose {
    /// Before `pde`.
    pub(super) leading: Vec<Comment>,
    /// Before the closing brace.
    pub(super) closing: Vec<Comment>,
    /// After it.
    pub(super) after: Vec<Comment>,
}

/// Hands out all comments. `places` are in the order of the file; the file's braces are at `header` and `end`.
pub(super) fn attach(text: &str, comments: Vec<Comment>, places: &mut [Place<'_>], header: usize, end: usize) -> Loose {
    let mut loose = Loose::default();
    let mut next = 0;
    for comment in comments {
        let at = comment.span.start;
        while next < places.len() && places[next].span.end <= at {
            next += 1;
        }
        if at < header {
            loose.leading.push(comment);
        } else if at >= end {
            loose.after.push(comment);
        } else if let Some(previous) = next.checked_sub(1).filter(|_| !comment.own_line).map(|at| &mut places[at])
            && previous.comments.trailing.is_none()
            && same_line(text, previous.span.end, at)
        {
            previous.comments.trailing = Some(comment);
        } else if let Some(place) = places.get_mut(next) {
            place.comments.leading.push(comment);
        } else {
            loose.closing.push(comment);
        }
    }
    for place in places {
        place.comments.blank_before = match place.comments.leading.first_mut() {
            Some(first) if first.span.start < place.span.start => std::mem::take(&mut first.blank_before),
            _ => blank_line_before(text, place.span.start),
        };
    }
    loose
}

fn same_line(text: &str, from: usize, to: usize) -> bool {
    text.get(from..to).is_some_and(|between| !between.contains(['\n', '\r']))
}

/// Whether an empty line ends right before this place.
fn blank_line_before(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let space = &before[before.trim_end().len()..];
    space.replace("\r\n", "\n").matches(['\n', '\r']).count() > 1
}
