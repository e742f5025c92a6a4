//! A proof cannot be pointed at something else afterwards.

use keyhall_domain::authz::ReadProject;
use keyhall_domain::id::ProjectId;
use keyhall_storage::Granted;

fn point(proof: &mut Granted<ReadProject>, id: ProjectId) {
    proof.0.scope = id;
}

fn main() {}
