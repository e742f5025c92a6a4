//! One process per data folder: a lock that the kernel releases when its holder dies, however it dies.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{ErrorKind, Read, Write},
    os::unix::fs::OpenOptionsExt,
    process, thread,
    time::Duration,
};

use crate::{FileError, home::Home};

/// A process that only looks whether the lock is held ([`is_held`]) holds it for an instant.
const ATTEMPTS: u32 = 10;
const PAUSE: Duration = Duration::from_millis(20);

/// The right to run the cluster of one data folder, until it is dropped.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

/// What became of the attempt to take the lock.
#[derive(Debug)]
pub(crate) enum Attempt {
    Taken(Lock),
    /// Another process has it: this one, if it has written its id yet.
    Held(Option<u32>),
}

impl Lock {
    pub(crate) fn take(home: &Home) -> Result<Attempt, FileError> {
        let path = home.lock();
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let mut file = options.open(&path).map_err(FileError::at("open", &path))?;
        for _ in 0..ATTEMPTS {
            match file.try_lock() {
                Ok(()) => {
                    sign(&mut file).map_err(FileError::at("write", &path))?;
                    return Ok(Attempt::Taken(Self { _file: file }));
                }
                Err(TryLockError::WouldBlock) => thread::sleep(PAUSE),
                Err(TryLockError::Error(error)) => return Err(FileError::at("lock", &path)(error)),
            }
        }
        let mut holder = String::new();
        file.read_to_string(&mut holder).map_err(FileError::at("read", &path))?;
        Ok(Attempt::Held(holder.trim().parse().ok()))
    }
}

/// Whether a living process runs the cluster of this data folder.
pub(crate) fn is_held(home: &Home) -> Result<bool, FileError> {
    let path = home.lock();
    let file = match File::open(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        file => file.map_err(FileError::at("open", &path))?,
    };
    match file.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(FileError::at("lock", &path)(error)),
    }
}

fn sign(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    writeln!(file, "{}", process::id())
}
