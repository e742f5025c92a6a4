//! Who may connect: the operating system's users that the kernel says they are, through the socket, as `keyhall`.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::Path,
};

use crate::{FileError, endpoint::NAME, home::Home, owner::Owner};

const CLIENT_AUTHENTICATION: &str = "\
# Written by Keyhall at each start.
# TYPE  DATABASE  USER  ADDRESS  METHOD
local   all       all            peer map=keyhall
";

/// Writes PostgreSQL's two files about it, which lie outside its own folder.
pub(crate) fn write(home: &Home, owner: &Owner) -> Result<(), FileError> {
    replace(&home.client_authentication(), CLIENT_AUTHENTICATION)?;
    replace(&home.user_names(), &user_names(owner.names()))
}

fn user_names<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let lines = names.map(|name| format!("keyhall   \"{name}\"  {NAME}\n"));
    let heading = "# Written by Keyhall at each start.\n# MAP  SYSTEM-USER  DATABASE-USER\n";
    std::iter::once(heading.to_owned()).chain(lines).collect()
}

/// A postmaster may read them at any time, so they change at once or not at all.
fn replace(path: &Path, text: &str) -> Result<(), FileError> {
    let new = path.with_extension("new");
    fs::write(&new, text).map_err(FileError::at("write", &new))?;
    fs::set_permissions(&new, Permissions::from_mode(0o644)).map_err(FileError::at("open up", &new))?;
    fs::rename(&new, path).map_err(FileError::at("replace", path))
}

#[cfg(test)]
mod tests {
    use super::user_names;

    #[test]
    fn each_user_may_connect_as_keyhall() {
        let text = user_names(["root", "postgres"].into_iter());
        let rules: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(rules, [r#"keyhall   "root"  keyhall"#, r#"keyhall   "postgres"  keyhall"#]);
    }
}
