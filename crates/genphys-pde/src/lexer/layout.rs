//! Which line ends count. An expression continues while a parenthesis is open or an operator dangles; a line that
//! starts with the keyword of a declaration, or with `}`, ends whatever came before it.

use super::token::{Sign, Token, TokenKind};
use crate::words::is_item_keyword;

/// Drops the line ends that end nothing, so that the parser sees a `Newline` only where an item may end.
pub(super) fn significant_newlines(raw: Vec<Token>) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::with_capacity(raw.len());
    let mut open = 0usize;
    let mut pending: Option<Token> = None;
    for token in raw {
        if token.kind == TokenKind::Newline {
            pending.get_or_insert(token);
            continue;
        }
        if let Some(newline) = pending.take() {
            let fresh_start = token.name().is_some_and(is_item_keyword) || token.is(Sign::RightBrace);
            let dangling = matches!(tokens.last(), Some(Token { kind: TokenKind::Sign(sign), .. }) if sign.dangles());
            if fresh_start {
                open = 0;
            }
            if open == 0 && (fresh_start || !dangling) && !tokens.is_empty() {
                tokens.push(newline);
            }
        }
        match token.kind {
            TokenKind::Sign(Sign::LeftParen | Sign::LeftBracket | Sign::BeginMatrix) => open += 1,
            TokenKind::Sign(Sign::RightParen | Sign::RightBracket | Sign::EndMatrix) => open = open.saturating_sub(1),
            TokenKind::Sign(Sign::LeftBrace | Sign::RightBrace | Sign::Semicolon) => open = 0,
            _ => {}
        }
        tokens.push(token);
    }
    tokens
}
