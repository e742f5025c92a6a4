//! Each entity's own behaviour.

mod project;
