//! Owns the use cases: the only room that joins the others.
