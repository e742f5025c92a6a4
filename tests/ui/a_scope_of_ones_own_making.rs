//! Where a thing lies is looked up by storage alone.

use keyhall_domain::authz::Scope;
use keyhall_storage::Locate;

#[derive(Clone)]
struct Elsewhere;

impl Scope for Elsewhere {}

impl Locate for Elsewhere {}

fn main() {}
