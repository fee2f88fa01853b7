//! Owns how a JSON text is laid out, so that what is new in it looks like the rest.

use super::{Document, Kind};
use std::ops::Deref;

/// Read off a text's outermost object.
pub(in super::super) struct Layout {
    /// None when everything stands on one line.
    newline: Option<&'static str>,
    /// One step of indentation.
    unit: String,
    /// What follows a colon, and a comma on one line.
    blank: &'static str,
}

impl Layout {
    pub(in super::super) fn of(document: &Document<'_>) -> Self {
        let text = document.text;
        let Kind::Object(members) = &document.root.kind else { return Self::cli() };
        let Some(first) = members.first() else {
            return if document.raw(&document.root).contains('\n') { Self::cli() } else { Self::line() };
        };
        let opening = &text[document.root.span.start + 1..first.name.start];
        let blank = if text[first.name.end..first.value.span.start].ends_with(' ') { " " } else { "" };
        let newline = opening.contains('\n').then(|| if opening.contains("\r\n") { "\r\n" } else { "\n" });
        let unit = opening.rsplit('\n').next().unwrap_or_default().to_owned();
        Self { newline, unit, blank }
    }

    /// A name with its quotes, and its value.
    pub(in super::super) fn member(&self, name: &str, raw: &str) -> String {
        [name, ":", self.blank, raw].concat()
    }

    /// An object so many steps deep.
    pub(in super::super) fn object(&self, members: &[String], depth: usize) -> String {
        self.object_at(members, &self.unit.repeat(depth))
    }

    /// An object whose line starts with this indentation.
    pub(in super::super) fn object_at<M: Deref<Target = S>, S: AsRef<str> + ?Sized>(
        &self,
        members: &[M],
        indent: &str,
    ) -> String {
        if members.is_empty() {
            return "{}".to_owned();
        }
        let (open, between, close) = match self.newline {
            Some(newline) => {
                let inner = format!("{newline}{indent}{}", self.unit);
                (inner.clone(), inner, format!("{newline}{indent}"))
            }
            None => (String::new(), self.blank.to_owned(), String::new()),
        };
        // Exactly as long as it gets, so the buffer never moves and leaves no copy of a secret.
        let inside: usize = members.iter().map(|member| (**member).as_ref().len() + 1 + between.len()).sum();
        let mut written = String::with_capacity(inside + open.len() + close.len() + 2);
        written.push('{');
        for (place, member) in members.iter().enumerate() {
            if place > 0 {
                written.push(',');
            }
            written.push_str(if place == 0 { &open } else { &between });
            written.push_str((**member).as_ref());
        }
        written.push_str(&close);
        written.push('}');
        written
    }

    /// As the CLI writes.
    fn cli() -> Self {
        Self { newline: Some("\n"), unit: "  ".to_owned(), blank: " " }
    }

    fn line() -> Self {
        Self { newline: None, unit: String::new(), blank: " " }
    }
}
