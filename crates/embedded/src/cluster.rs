//! A running cluster, from the first step of its start to its stop.

use std::{fs, io::ErrorKind, path::Path};

use tracing::{info, warn};

use crate::{
    Endpoint, FileError, Installation, Options, StartError, StopError, access,
    home::{Home, make_private},
    initialise,
    lock::{self, Attempt, Lock},
    owner::Owner,
    postmaster::{Launch, PidFile},
    socket,
    supervisor::Supervisor,
    tag::Tag,
};

/// A PostgreSQL of one's own. It runs until [`Cluster::stop`] or until this is dropped; if it dies before, it is
/// started again, and clients have to connect anew.
#[derive(Debug)]
pub struct Cluster {
    // Fields are dropped in order: PostgreSQL is stopped before the folder is let go.
    supervisor: Supervisor,
    _lock: Lock,
    home: Home,
    endpoint: Endpoint,
}

impl Cluster {
    /// Starts the cluster in the data folder, making both at the first start, and returns when it accepts
    /// connections. What an earlier process left there running or half-made is cleared away. Blocks for a second
    /// or two, longer where there is much to recover after a crash.
    ///
    /// # Errors
    ///
    /// When another process runs it, the folder or the versions do not fit, or PostgreSQL does not start.
    pub fn start(options: &Options) -> Result<Self, StartError> {
        let home = Home::at(&options.data_dir)?;
        let owner = Owner::choose(options.run_as.as_deref(), &home.postgresql())?;
        home.make(&owner)?;
        let lock = match Lock::take(&home)? {
            Attempt::Taken(lock) => lock,
            Attempt::Held(pid) => {
                return Err(StartError::AlreadyRunning { data_dir: home.path().into(), pid });
            }
        };
        let launch = prepare(&home, owner, options)?;
        let endpoint = Endpoint::new(launch.socket.clone());
        let postmaster = launch.start()?.ready(&launch)?;
        info!(socket = %launch.socket.display(), version = %launch.installation.version(), "PostgreSQL runs");
        let supervisor = Supervisor::new(postmaster, launch).map_err(FileError::at("watch", &home.data()))?;
        Ok(Self { supervisor, _lock: lock, home, endpoint })
    }

    /// Where the cluster that another process runs in this data folder is reached, or `None` if none does or it
    /// is not ready. It may stop at any time.
    ///
    /// # Errors
    ///
    /// When the folder belongs to somebody else.
    pub fn join(data_dir: &Path) -> Result<Option<Endpoint>, FileError> {
        let home = Home::at(data_dir)?;
        if !lock::is_held(&home)? {
            return Ok(None);
        }
        let ready = PidFile::read(&home.data()).filter(PidFile::is_ready);
        Ok(ready.and_then(PidFile::socket).map(Endpoint::new).filter(Endpoint::answers))
    }

    /// Where it is reached; the same for as long as this lives.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Whether it accepts connections. While it is being started again it does not.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.endpoint.answers() && PidFile::read(&self.home.data()).is_some_and(|file| file.is_ready())
    }

    /// Stops it: what is under way is rolled back, and what is committed is on disk. Blocks until it is done,
    /// at most about a minute.
    ///
    /// # Errors
    ///
    /// When PostgreSQL does not stop, by no means.
    pub fn stop(self) -> Result<(), StopError> {
        self.supervisor.stop()
    }
}

/// All that has to be there before PostgreSQL can start.
fn prepare(home: &Home, owner: Owner, options: &Options) -> Result<Launch, StartError> {
    make_private(&home.postgresql(), &owner)?;
    let installation = matching(home, &options.installation)?;
    initialise::ensure(home, &installation, &owner)?;
    access::write(home, &owner)?;
    let tag = Tag::of(&home.data())?;
    let socket = socket::make_folder(home, &tag, &owner)?;
    Ok(Launch { home: home.clone(), installation, owner, tag, socket, settings: options.settings.clone() })
}

/// The installation that fits the cluster, if there is one already: the given one or another of this system.
fn matching(home: &Home, given: &Installation) -> Result<Installation, StartError> {
    let path = home.data().join("PG_VERSION");
    let cluster = match fs::read_to_string(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(given.clone()),
        cluster => cluster.map_err(FileError::at("read", &path))?.trim().to_owned(),
    };
    let Some(installation) = cluster.parse().ok().and_then(|major| given.of_major(major)) else {
        return Err(StartError::VersionMismatch {
            data: home.data(),
            cluster,
            installation: given.version(),
        });
    };
    if installation != *given {
        warn!(given = %given.version(), used = %installation.version(), "the cluster needs another PostgreSQL");
    }
    Ok(installation)
}
