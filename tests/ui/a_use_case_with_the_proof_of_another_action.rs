//! To check for another action does not compile.

use keyhall_domain::authz::ReadMember;
use keyhall_domain::member::Member;
use keyhall_domain::member::MemberPatch;
use keyhall_storage::{Granted, Precondition, Store, StoreError};

async fn update(store: &Store, proof: &Granted<ReadMember>) -> Result<Member, StoreError> {
    store.update_member(proof, Precondition::None, MemberPatch { role: Default::default(), external_id: Default::default() }).await
}

fn main() {}
