//! Where the Git providers are that repositories are looked up with, and how they are asked.

use std::path::PathBuf;
use std::time::Duration;

use keyhall_outbound::{GitAuthorities, GitBaseUrl, GitBaseUrlError, GitProviderOptions, GitProviders};
use serde::Deserialize;

use super::rules::invalid;
use crate::error::CommandError;

/// Git providers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GitConfiguration {
    github_base_url: String,
    gitlab_base_url: String,
    timeout_seconds: u64,
    ca_file: Option<PathBuf>,
}

impl GitConfiguration {
    /// The providers. Nobody is asked yet.
    pub(crate) fn providers(&self) -> Result<GitProviders, CommandError> {
        let options = GitProviderOptions {
            github_base_url: self.github()?,
            gitlab_base_url: self.gitlab()?,
            timeout: Duration::from_secs(self.timeout_seconds),
            trusted: self.trusted()?,
        };
        GitProviders::new(options).map_err(|error| invalid("git.ca_file", &error.to_string()))
    }

    /// Holds the values against the rules.
    pub(super) fn check(&self) -> Result<(), CommandError> {
        self.github()?;
        self.gitlab()?;
        if (1..=60).contains(&self.timeout_seconds) {
            Ok(())
        } else {
            Err(invalid("git.timeout_seconds", "it must be from 1 to 60"))
        }
    }

    fn github(&self) -> Result<GitBaseUrl, CommandError> {
        base_url("git.github_base_url", &self.github_base_url)
    }

    fn gitlab(&self) -> Result<GitBaseUrl, CommandError> {
        base_url("git.gitlab_base_url", &self.gitlab_base_url)
    }

    fn trusted(&self) -> Result<GitAuthorities, CommandError> {
        let Some(path) = &self.ca_file else { return Ok(GitAuthorities::default()) };
        let pem = std::fs::read(path).map_err(|source| CommandError::File { path: path.clone(), source })?;
        GitAuthorities::from_pem(&pem).map_err(|error| invalid("git.ca_file", &error.to_string()))
    }
}

fn base_url(key: &'static str, text: &str) -> Result<GitBaseUrl, CommandError> {
    text.parse().map_err(|error: GitBaseUrlError| invalid(key, &error.to_string()))
}
