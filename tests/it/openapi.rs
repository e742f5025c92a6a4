//! What the OpenAPI document promises, held against the server: each operation is found by walking the document, so a new
//! one is covered the moment it exists.

mod described;
mod document;
mod fixture;
mod modes;
mod order;
mod right;
mod routed;
mod tenant;
mod verdict;
mod without_identity;
