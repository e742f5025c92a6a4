//! The id that was authorised is the id that is used: there is no place for another.

use keyhall_domain::authz::ReadProject;
use keyhall_domain::id::ProjectId;
use keyhall_domain::project::Project;
use keyhall_storage::{Granted, Store, StoreError};

async fn read(store: &Store, proof: &Granted<ReadProject>, id: ProjectId) -> Result<Project, StoreError> {
    store.read_project(proof, id).await
}

fn main() {}
