//! Which processes belong to a cluster. A process id in a file proves nothing, since ids are used again; the
//! title of a process does: PostgreSQL shows the cluster's [`Tag`] in all of them.

use std::{io, process};

use nix::{errno::Errno, sys::signal::kill, unistd::Pid};

use crate::{owner::Owner, tag::Tag};

struct Process {
    pid: u32,
    user: u32,
    title: String,
}

/// The ids of the living processes of a cluster.
pub(super) fn of_cluster(tag: &Tag, owner: &Owner) -> io::Result<Vec<u32>> {
    // Between its fork and its exec a child of this process has this process' title, never PostgreSQL's.
    let ours = |process: &Process| process.user == owner.uid() && is_of(tag, &process.title);
    Ok(all()?
        .into_iter()
        .filter(ours)
        .map(|process| process.pid)
        .filter(|&pid| pid != process::id())
        .collect())
}

/// Whether a process of this id lives, whosever it is.
pub(super) fn lives(pid: u32) -> bool {
    i32::try_from(pid).is_ok_and(|pid| kill(Pid::from_raw(pid), None) != Err(Errno::ESRCH))
}

/// A postmaster has its command line as title, any other process `postgres: <cluster name>: <what it does>`.
fn is_of(tag: &Tag, title: &str) -> bool {
    if title.starts_with(&format!("postgres: {tag}: ")) {
        return true;
    }
    let mut words = title.split_whitespace();
    let setting = format!("cluster_name={tag}");
    words.next().is_some_and(|program| program.ends_with("/postgres")) && words.any(|word| word == setting)
}

/// Titles can be read without any right, other than the rest of what the kernel knows of a process; so this
/// works for root in a container too.
#[cfg(target_os = "linux")]
fn all() -> io::Result<Vec<Process>> {
    use std::{fs, os::unix::fs::MetadataExt};

    let read = |entry: fs::DirEntry| {
        let pid = entry.file_name().to_str()?.parse().ok()?;
        // A process that ends meanwhile is not there.
        let user = entry.metadata().ok()?.uid();
        let title = fs::read(entry.path().join("cmdline")).ok()?;
        let title = String::from_utf8_lossy(&title).replace('\0', " ");
        Some(Process { pid, user, title })
    };
    Ok(fs::read_dir("/proc")?.flatten().filter_map(read).collect())
}

#[cfg(not(target_os = "linux"))]
fn all() -> io::Result<Vec<Process>> {
    let output = process::Command::new("ps").args(["-axww", "-o", "pid=,uid=,command="]).output()?;
    let read = |line: &str| {
        let (pid, rest) = line.trim_start().split_once(' ')?;
        let (user, title) = rest.trim_start().split_once(' ')?;
        Some(Process {
            pid: pid.parse().ok()?,
            user: user.parse().ok()?,
            title: title.trim_start().to_owned(),
        })
    };
    Ok(String::from_utf8_lossy(&output.stdout).lines().filter_map(read).collect())
}

#[cfg(test)]
mod tests {
    use super::{Tag, is_of};

    #[test]
    fn only_processes_of_this_very_cluster_belong_to_it() {
        let folder = tempfile::tempdir().unwrap();
        let tag = Tag::of(folder.path()).unwrap();
        let belong = [
            format!("/usr/lib/postgresql/15/bin/postgres -D /data -c cluster_name={tag} -c port=5432"),
            format!("postgres: {tag}: checkpointer "),
            format!("postgres: {tag}: keyhall keyhall [local] idle"),
        ];
        for title in belong {
            assert!(is_of(&tag, &title), "{title}");
        }
        let do_not = [
            format!("postgres: {tag}1: checkpointer "),
            format!("/usr/lib/postgresql/15/bin/postgres -D /data -c cluster_name={tag}1"),
            format!("grep cluster_name={tag}"),
            "postgres: checkpointer ".to_owned(),
            String::new(),
        ];
        for title in do_not {
            assert!(!is_of(&tag, &title), "{title}");
        }
    }
}
