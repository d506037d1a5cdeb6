//! What FAL answers to any question: in bad times anything.

use super::super::world::fal::failure;
use super::calls::reset;
use super::history::History;
use actors::avatar::RequestId;
use actors::job::AuditAnswer;
use actors::job::machine::{Ask, Event};
use actors::ports::{
    CancelAnswer, Failure, FailureKind, FileUrl, Files, History as Requests, JobId, MissingReason,
    ResultAnswer, SearchAnswer, StatusAnswer, StoreAnswer,
};
use serde_json::json;

impl History {
    /// What FAL, its storage or the mirror says to anything but a submit.
    pub(crate) fn fal_answers(&mut self, of: JobId, ask: Ask) -> Event {
        let fault = if self.calm { 1000 } else { self.dice.below(1000) };
        match ask {
            Ask::Prepare | Ask::Submit(_) => match fault {
                0..80 => Event::NotPrepared { why: reset(), hopeless: None },
                80..90 => Event::NotPrepared { why: "lost".to_owned(), hopeless: Some(failure()) },
                _ => {
                    let own = format!("https://v3.fal.media/files/{}/photos.zip", self.serials);
                    Event::Prepared(FileUrl(own.into()))
                }
            },
            Ask::Search(archive, _) => {
                Event::Searched(self.search(&self.mark(of, &archive), fault))
            }
            Ask::Status(by, request) => Event::StatusAnswered(by, self.status(&request, fault)),
            Ask::Result(by, request) => Event::ResultAnswered(by, self.result(&request, fault)),
            Ask::Store(by, files) => Event::StoreAnswered(by, self.hold(&files, fault)),
            Ask::Audit if fault < 50 => Event::AuditAnswered(AuditAnswer::Unknown),
            Ask::Audit => Event::AuditAnswered(AuditAnswer::Intact),
            Ask::Cancel(_) if fault < 200 => {
                Event::CancelAnswered(CancelAnswer::Unreachable { why: reset() })
            }
            Ask::Cancel(request) => Event::CancelAnswered(self.fal.cancel(&request)),
        }
    }

    fn search(&mut self, mark: &str, fault: u64) -> SearchAnswer {
        let history = match fault {
            0..150 => return SearchAnswer::Unreachable { why: reset() },
            150..200 => return SearchAnswer::Refused { why: "403".to_owned() },
            _ => self.fal.history(mark, self.now),
        };
        let Requests::Read { named, .. } = history else { unreachable!("the model reads it") };
        let mut named = named.into_iter();
        let Some(request) = named.next() else { return SearchAnswer::Absent { typical: None } };
        self.audit.found += 1;
        SearchAnswer::Found { request, doubles: named.collect() }
    }

    fn status(&mut self, request: &RequestId, fault: u64) -> StatusAnswer {
        match fault {
            0..100 => StatusAnswer::Unreachable { why: reset() },
            // Thrown back into the queue: the next look sees it running again.
            100..130 => StatusAnswer::Finished,
            _ => self.fal.status(request, self.now),
        }
    }

    fn result(&mut self, request: &RequestId, fault: u64) -> ResultAnswer {
        match fault {
            0..100 => ResultAnswer::Unreachable { why: reset() },
            100..150 => ResultAnswer::Files { files: None, answer: json!(null) },
            150..190 => ResultAnswer::Gone,
            190..230 => {
                self.audit.suspected(request);
                ResultAnswer::Suspect(Failure::ours(FailureKind::Other, "500", "internal"))
            }
            _ => self.fal.result(request, self.now),
        }
    }

    fn hold(&mut self, files: &Files, fault: u64) -> StoreAnswer {
        let reason = match fault {
            0..60 => MissingReason::DownloadFailed,
            60..120 => MissingReason::SizeMismatch,
            120..150 => MissingReason::StoreFailed,
            _ => {
                let answer = self.fal.download(files);
                if let StoreAnswer::Stored(stored) = &answer {
                    self.objects.extend(stored.files.iter().map(|file| file.key.clone()));
                }
                return answer;
            }
        };
        StoreAnswer::NotStored { reason, detail: "not this time".to_owned() }
    }
}
