//! What one argon2id hash (RFC 9106) costs.

use argon2::Params;

/// The cost of a password's hash, never below OWASP's figures: 19 MiB, two passes, one lane
/// (Password Storage Cheat Sheet).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordParameters(Params);

/// A cost that is below OWASP's figures, or so far above them that it must be a mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordParametersError {
    /// The memory is out of bounds.
    #[error("the memory of a password hash is 19456 to 1048576 KiB, not `{0}`")]
    Memory(u32),
    /// The number of passes is out of bounds.
    #[error("a password hash takes 2 to 64 passes, not `{0}`")]
    Passes(u32),
    /// The number of lanes is out of bounds.
    #[error("a password hash has 1 to 16 lanes, not `{0}`")]
    Lanes(u32),
}

const MEMORY: std::ops::RangeInclusive<u32> = 19_456..=1_048_576;
const PASSES: std::ops::RangeInclusive<u32> = 2..=64;
const LANES: std::ops::RangeInclusive<u32> = 1..=16;

impl PasswordParameters {
    /// A cost of so many KiB, passes over them and lanes.
    ///
    /// # Errors
    ///
    /// When one of them is out of bounds.
    pub fn new(memory: u32, passes: u32, lanes: u32) -> Result<Self, PasswordParametersError> {
        if !PASSES.contains(&passes) {
            return Err(PasswordParametersError::Passes(passes));
        }
        if !LANES.contains(&lanes) {
            return Err(PasswordParametersError::Lanes(lanes));
        }
        let params = Params::new(memory, passes, lanes, None).ok().filter(|_| MEMORY.contains(&memory));
        params.map(Self).ok_or(PasswordParametersError::Memory(memory))
    }

    /// The memory, in KiB.
    #[must_use]
    pub const fn memory(&self) -> u32 {
        self.0.m_cost()
    }

    /// How often the memory is passed over.
    #[must_use]
    pub const fn passes(&self) -> u32 {
        self.0.t_cost()
    }

    /// How many lanes the memory is divided into.
    #[must_use]
    pub const fn lanes(&self) -> u32 {
        self.0.p_cost()
    }

    pub(super) const fn as_params(&self) -> &Params {
        &self.0
    }

    /// Whether a stored hash cost less in any respect.
    pub(super) const fn exceed(&self, stored: &Params) -> bool {
        stored.m_cost() < self.memory() || stored.t_cost() < self.passes() || stored.p_cost() < self.lanes()
    }
}

impl Default for PasswordParameters {
    /// OWASP's figures, which are argon2's own defaults.
    fn default() -> Self {
        Self(Params::DEFAULT)
    }
}

/// Whether a stored hash asks for more than any configuration could.
pub(super) fn are_excessive(stored: &Params) -> bool {
    stored.m_cost() > *MEMORY.end() || stored.t_cost() > *PASSES.end() || stored.p_cost() > *LANES.end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_owasps_figures_and_the_lower_bound() {
        assert_eq!(PasswordParameters::new(19_456, 2, 1), Ok(PasswordParameters::default()));
    }

    #[test]
    fn nothing_below_owasps_figures_is_taken() {
        assert_eq!(PasswordParameters::new(19_455, 2, 1), Err(PasswordParametersError::Memory(19_455)));
        assert_eq!(PasswordParameters::new(0, 2, 1), Err(PasswordParametersError::Memory(0)));
        assert_eq!(PasswordParameters::new(19_456, 1, 1), Err(PasswordParametersError::Passes(1)));
        assert_eq!(PasswordParameters::new(19_456, 2, 0), Err(PasswordParametersError::Lanes(0)));
    }

    #[test]
    fn nothing_absurd_is_taken() {
        assert!(PasswordParameters::new(1_048_576, 64, 16).is_ok());
        assert!(PasswordParameters::new(1_048_577, 2, 1).is_err());
        assert!(PasswordParameters::new(19_456, 65, 1).is_err());
        assert!(PasswordParameters::new(19_456, 2, u32::MAX).is_err());
    }
}
