//! Sending the mail that waits: a task beside the server.
//!
//! PostgreSQL hands each mail to one server at a time, so any number of them may send. Neither recipient nor link is logged:
//! a mail is known by its id and its kind.

use std::time::Duration;

use actix_web::rt::{self, task::JoinHandle};
use keyhall_outbound::{Letter, Link, SendError, Sender};
use keyhall_storage::open::DueMail;
use keyhall_storage::{Store, StoreError};
use tokio::sync::watch;

use crate::error::chain;
use crate::links;
use crate::public_url::PublicUrl;

/// Sends the mail that waits.
#[derive(Debug, Clone)]
pub struct Mailer {
    /// Where the mail waits.
    pub store: Store,
    /// How it is sent.
    pub sender: Sender,
    /// Where its links lead.
    pub public_url: PublicUrl,
}

/// A mailer at work. Dropping it ends the work after the mail in hand, and waits for nothing.
#[derive(Debug)]
pub struct Mailing {
    stop: watch::Sender<()>,
    task: JoinHandle<()>,
}

impl Mailer {
    /// Begins to send what is due, and looks for more again and again.
    pub fn start(self, every: Duration) -> Mailing {
        let (stop, stopped) = watch::channel(());
        Mailing { stop, task: rt::spawn(self.run(every, stopped)) }
    }

    /// Sends all that is due, one mail after the other, and says how many were sent.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when PostgreSQL is away. What was claimed then waits until its claim has ended.
    pub async fn send_due(&self) -> Result<usize, StoreError> {
        self.send_while(|| true).await
    }

    async fn run(self, every: Duration, mut stopped: watch::Receiver<()>) {
        let mut was_away = false;
        loop {
            let round = self.send_while(|| stopped.has_changed().is_ok()).await;
            match &round {
                Err(error) if !was_away => tracing::warn!(error = chain(error), "mail waits"),
                Ok(_) if was_away => tracing::info!("mail is sent again"),
                _ => {}
            }
            was_away = round.is_err();
            tokio::select! {
                () = tokio::time::sleep(every) => {}
                _ = stopped.changed() => return,
            }
        }
    }

    async fn send_while(&self, go_on: impl Fn() -> bool) -> Result<usize, StoreError> {
        let mut sent = 0;
        while go_on() {
            let Some(mail) = self.store.claim_mail().await? else { break };
            sent += usize::from(self.send(mail).await?);
        }
        Ok(sent)
    }

    /// Sends one mail, and says whether that worked.
    async fn send(&self, mail: DueMail) -> Result<bool, StoreError> {
        let (id, kind) = (mail.id, mail.message.kind().name());
        match self.sender.send(&self.letter(&mail), mail.at).await {
            Ok(()) => {
                self.store.forget_mail(&mail).await?;
                tracing::info!(mail = %id, kind, "a mail was sent");
                Ok(true)
            }
            Err(error) => {
                self.put_off(&mail, &error).await?;
                Ok(false)
            }
        }
    }

    async fn put_off(&self, mail: &DueMail, error: &SendError) -> Result<(), StoreError> {
        let next = if error.is_final() {
            self.store.give_up_mail(mail).await?;
            None
        } else {
            self.store.put_off_mail(mail).await?
        };
        let (mail, kind, error) = (mail.id, mail.message.kind().name(), chain(error));
        if let Some(next) = next {
            tracing::warn!(%mail, kind, error, %next, "a mail was not sent and will be tried again");
        } else {
            tracing::warn!(%mail, kind, error, "a mail was given up");
        }
        Ok(())
    }

    fn letter(&self, mail: &DueMail) -> Letter {
        let kind = mail.message.kind();
        Letter {
            id: mail.id,
            to: mail.recipient.clone(),
            message: mail
                .message
                .map_link(|secret| Link::new(links::of_mail(kind, &self.public_url, secret))),
            deployment: self.public_url.as_str().to_owned(),
        }
    }
}

impl Mailing {
    /// Ends the work: the mail in hand is sent to its end, as long as the patience lasts. What is not sent then is sent later.
    pub async fn stop(self, patience: Duration) {
        drop(self.stop);
        if tokio::time::timeout(patience, self.task).await.is_err() {
            tracing::warn!("the mail server keeps a mail waiting; it is sent again later");
        }
    }
}
