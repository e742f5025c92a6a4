//! Keyhall: reads the configuration, puts the other crates together, and runs one command.

mod admin;
mod arguments;
mod configuration;
mod database;
mod error;
mod logging;
mod master_key;
mod output;
mod purge;
mod serve;
mod stop;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command, ConfigCommand};
use configuration::Configuration;
use error::CommandError;

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<(), CommandError> {
    if let Command::Openapi = arguments.command {
        return output::print(&output::openapi()?);
    }
    let configuration = Configuration::load(arguments.config.as_deref())?;
    match arguments.command {
        Command::Openapi => Ok(()),
        Command::Serve { stop_with_parent } => serve::serve(&configuration, stop_with_parent),
        Command::Migrate => database::migrate(&configuration),
        Command::Config(ConfigCommand::Show) => output::print(&configuration.show()),
        Command::Admin(command) => admin::run(&configuration, &command),
    }
}
