//! Every port with its adapter: the one place where both are named.

use crate::config::{Config, TrainerChoice};
use crate::fal::{Catalogue, Fal, FalWebhooks, JwksSignatures, Rehearsal, Unverified};
use crate::mirror::{AllowedHosts, Mirror};
use crate::openai::OpenAi;
use crate::photos::{FilePacker, Limits as PhotoLimits, Processing};
use crate::postgres::{self, GenerationRows, Store, StoreSettings};
use crate::providers::{Noted, ProviderHealth};
use crate::service::Rows;
use crate::telegram::{self, Client};
use crate::temporary;
use actors::avatar::InstanceId;
use actors::bot::known::KnownScreens;
use actors::bot::{BotWorld, Exports, Interpreter, MOST_SQUARES, PHOTO_MEMORY};
use actors::clock::Clock;
use actors::eraser::EraserWorld;
use actors::generation::{
    self, GenerationCraft, GiftWorld, PictureRoom, UploadTurns, policy, styles,
};
use actors::held_leases::HeldLeases;
use actors::job::{JobKind, JobWorld, Kinds, Specification};
use actors::lanes::{Lane, Lanes};
use actors::notification::{NotificationWorld, PICTURE_MEMORY};
use actors::pace::Pace;
use actors::platform::Platform;
use actors::ports::{Chat, Fetcher, Generator, Messenger, Objects, Signatures, Trainer, Weights};
use actors::process::{Process, Roles};
use actors::progress::{ProgressWorld, TypicalDurations};
use actors::recovery::RecoveryWorld;
use actors::supervisor::LastErrors;
use actors::training::{self, TrainingCraft};
use actors::webhook::WebhookWorld;
use actors::world::World;
use anyhow::Context;
use slog::{Logger, info, warn};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::{Notify, Semaphore};

/// Every kind of paid job that this version knows.
const KINDS: [Specification; 2] = [training::SPECIFICATION, generation::SPECIFICATION];

/// Photos that are decoded at the same time: one a core is left for everything else.
const DECODED_AT_ONCE: usize = 2;

/// What several parts of the world are made of.
struct Shared<'a> {
    config: &'a Config,
    process: Arc<Process>,
    store: Arc<Store>,
    objects: Arc<dyn Objects>,
    trainer: Arc<dyn Trainer>,
    generator: Arc<dyn Generator>,
    photo_processing: Arc<Processing>,
    styles: Arc<styles::Catalogue>,
    policy: Arc<policy::Policy>,
    chat: Option<Arc<dyn Chat>>,
    telegram: Arc<dyn Messenger>,
    lanes: Arc<Lanes>,
    pace: Arc<Pace>,
    platform: Arc<Platform>,
    typical_durations: Arc<TypicalDurations>,
    known_screens: Arc<KnownScreens>,
}

/// The world, Telegram's client, and how providers answer.
pub(super) async fn built(
    config: &Config,
    roles: Roles,
    rows: &Rows,
    (objects, pinned): (Arc<dyn Objects>, Option<String>),
    instance: InstanceId,
    log: &Logger,
) -> anyhow::Result<(Arc<World>, Client, Arc<ProviderHealth>)> {
    let clock = Clock::start(postgres::now(&rows.pool).await?);
    let last_errors = LastErrors::default();
    let log = &last_errors.overhear(log.clone(), clock);
    let catalogue = Catalogue::shipped()?;
    let settings = store_settings(config, roles, instance, &catalogue);
    let store = Arc::new(Store::new(rows.pool.clone(), settings, log.clone()));
    let health = Arc::new(ProviderHealth::new(clock));
    let objects: Arc<dyn Objects> = Arc::new(Noted::new(objects, &health));
    let temporary = temporary_files(config, log).await;
    let provider = provider(config, catalogue, &objects, &temporary, log)?;
    let client = Client::new(config.telegram.clone(), log)?;
    let telegram: Arc<dyn Messenger> = Arc::new(client.clone());
    let process = Arc::new(Process {
        roles,
        clock,
        held_leases: HeldLeases::new(clock),
        nudges: Arc::clone(&store) as _,
        sender_wake: Notify::new(),
        last_errors,
        log: log.clone(),
    });
    let shared = Shared {
        config,
        objects,
        trainer: Arc::new(Noted::new(provider.trainer, &health)),
        generator: Arc::new(Noted::new(provider.generator, &health)),
        photo_processing: photo_processing(config),
        styles: Arc::new(styles::Catalogue::shipped()?),
        policy: Arc::new(policy::Policy::shipped()?),
        chat: chat(config)?,
        telegram: Arc::new(Noted::new(telegram, &health)),
        lanes: Lanes::new(clock),
        pace: Arc::new(Pace::new(config.polls_per_second)),
        platform: Arc::new(Platform::new(clock, log.clone())),
        typical_durations: Arc::new(TypicalDurations::new(
            Arc::clone(&store) as _,
            clock,
            log.clone(),
        )),
        known_screens: Arc::default(),
        process,
        store,
    };
    let weights = Arc::new(Noted::new(provider.weights, &health));
    let fetcher = Arc::new(Noted::new(provider.fetcher, &health));
    let signatures = Arc::new(Noted::new(signatures(config, pinned, log)?, &health));
    Ok((Arc::new(shared.world((weights, fetcher), signatures, &temporary)), client, health))
}

impl Shared<'_> {
    fn world(
        &self,
        (weights, fetcher): (Arc<dyn Weights>, Arc<dyn Fetcher>),
        signatures: Arc<dyn Signatures>,
        temporary: &Path,
    ) -> World {
        let kinds: Kinds = vec![
            Arc::new(self.training(weights, temporary)),
            Arc::new(self.generation(fetcher, temporary)),
        ];
        World {
            process: Arc::clone(&self.process),
            bot: Arc::new(self.bot(temporary)),
            notification: Arc::new(NotificationWorld {
                process: Arc::clone(&self.process),
                outbox: Arc::clone(&self.store) as _,
                post: self.lane(Lane::Notices),
                lanes: Arc::clone(&self.lanes),
                images: Arc::clone(&self.store) as _,
                objects: Arc::clone(&self.objects),
                picture_memory: Semaphore::new(PICTURE_MEMORY as usize),
                delivery: self.config.delivery,
            }),
            progress: Arc::new(ProgressWorld {
                process: Arc::clone(&self.process),
                status_messages: Arc::clone(&self.store) as _,
                edits: self.lane(Lane::Edits),
                typical_durations: Arc::clone(&self.typical_durations),
                known_screens: Arc::clone(&self.known_screens),
                completeness: self.config.policy.completeness,
            }),
            eraser: Arc::new(self.eraser(kinds.clone())),
            gifts: Arc::new(self.gifts()),
            recovery: Arc::new(self.recovery(kinds.clone())),
            webhook: Arc::new(WebhookWorld {
                process: Arc::clone(&self.process),
                inbox: Arc::clone(&self.store) as _,
                signatures,
                reader: Arc::new(FalWebhooks),
            }),
            jobs: Arc::new(JobWorld {
                process: Arc::clone(&self.process),
                chores: Arc::clone(&self.store) as _,
                pace: Arc::clone(&self.pace),
                platform: Arc::clone(&self.platform),
            }),
            kinds,
        }
    }

    fn bot(&self, temporary: &Path) -> BotWorld {
        let Config { policy, limits, rules, access, spending, pictures, prices, .. } = self.config;
        BotWorld {
            process: Arc::clone(&self.process),
            messenger: self.lane(Lane::Answers),
            updates: Arc::clone(&self.store) as _,
            avatars: Arc::clone(&self.store) as _,
            collection: Arc::clone(&self.store) as _,
            images: Arc::clone(&self.store) as _,
            gallery: Arc::clone(&self.store) as _,
            zipper: Arc::new(FilePacker::new(temporary.to_owned())),
            exports: Exports::default(),
            status_messages: Arc::clone(&self.store) as _,
            objects: Arc::clone(&self.objects),
            photo_processing: Arc::clone(&self.photo_processing) as _,
            photo_memory: Semaphore::new(PHOTO_MEMORY),
            squares: Semaphore::new(MOST_SQUARES),
            trainer: Arc::clone(&self.trainer),
            orders: Arc::new(GenerationRows((*self.store).clone())),
            generator: Arc::clone(&self.generator),
            styles: Arc::clone(&self.styles),
            policy: Arc::clone(&self.policy),
            interpreter: Interpreter::new(
                self.chat.clone(),
                Arc::clone(&self.store) as _,
                Arc::clone(&self.policy),
                self.process.log.clone(),
            ),
            most_pictures: pictures.most,
            typical_durations: Arc::clone(&self.typical_durations),
            known_screens: Arc::clone(&self.known_screens),
            completeness: policy.completeness,
            limits: *limits,
            rules: *rules,
            access: access.clone(),
            spending: *spending,
            wallets: Arc::clone(&self.store) as _,
            prices: *prices,
        }
    }

    fn eraser(&self, kinds: Kinds) -> EraserWorld {
        EraserWorld {
            process: Arc::clone(&self.process),
            erasures: Arc::clone(&self.store) as _,
            kinds,
            objects: Arc::clone(&self.objects),
            chores: Arc::clone(&self.store) as _,
            trainer: Arc::clone(&self.trainer),
            pace: Arc::clone(&self.pace),
            platform: Arc::clone(&self.platform),
        }
    }

    fn gifts(&self) -> GiftWorld {
        GiftWorld {
            process: Arc::clone(&self.process),
            gifts: Arc::new(GenerationRows((*self.store).clone())),
            generator: Arc::clone(&self.generator),
            styles: Arc::clone(&self.styles),
            pictures: self.config.pictures.gift,
            most: self.config.pictures.most,
        }
    }

    fn recovery(&self, kinds: Kinds) -> RecoveryWorld {
        RecoveryWorld {
            process: Arc::clone(&self.process),
            leases: Arc::clone(&self.store) as _,
            kinds,
            lanes: Arc::clone(&self.lanes),
            inbox: Arc::clone(&self.store) as _,
            updates: Arc::clone(&self.store) as _,
            chores: Arc::clone(&self.store) as _,
            limits: self.config.recovery,
        }
    }

    fn training(&self, weights: Arc<dyn Weights>, temporary: &Path) -> JobKind {
        let craft = TrainingCraft {
            rows: Arc::clone(&self.store) as _,
            trainer: Arc::clone(&self.trainer),
            weights,
            packer: Arc::new(FilePacker::new(temporary.to_owned())),
            objects: Arc::clone(&self.objects),
            typical_durations: Arc::clone(&self.typical_durations),
            log: self.process.log.clone(),
        };
        let rows = Arc::clone(&self.store) as _;
        JobKind::new(training::SPECIFICATION, self.config.policy, rows, Arc::new(craft))
    }

    fn generation(&self, fetcher: Arc<dyn Fetcher>, temporary: &Path) -> JobKind {
        let rows = Arc::new(GenerationRows((*self.store).clone()));
        let craft = GenerationCraft {
            rows: Arc::clone(&rows) as _,
            generator: Arc::clone(&self.generator),
            fetcher,
            examiner: Arc::clone(&self.photo_processing) as _,
            copier: Arc::new(FilePacker::new(temporary.to_owned())),
            objects: Arc::clone(&self.objects),
            typical_durations: Arc::clone(&self.typical_durations),
            real: matches!(self.config.trainer, TrainerChoice::Fal(_)),
            room: PictureRoom::default(),
            uploads: UploadTurns::default(),
            log: self.process.log.clone(),
        };
        let policy = self.config.pictures.policy;
        JobKind::new(generation::SPECIFICATION, policy, rows, Arc::new(craft))
    }

    fn lane(&self, lane: Lane) -> Arc<dyn Messenger> {
        self.lanes.lane(lane, Arc::clone(&self.telegram))
    }
}

fn store_settings(
    config: &Config,
    roles: Roles,
    instance: InstanceId,
    catalogue: &Catalogue,
) -> StoreSettings {
    StoreSettings {
        instance,
        roles,
        lease: config.recovery.lease,
        timeout: config.policy.timeout,
        start: config.start_rules(),
        max_photos: config.limits.max_photos,
        understand: telegram::understand,
        kinds: KINDS.map(|about| about.kind).to_vec(),
        unnamed_trainers: catalogue.unnamed(),
        variations: catalogue.variations(),
        gift: config.pictures.gift,
    }
}

/// The folder of large files that are needed for a while, without those of processes that died.
async fn temporary_files(config: &Config, log: &Logger) -> PathBuf {
    let folder = config.data_dir.join("tmp");
    match temporary::clear(folder.clone()).await {
        Ok(0) => {}
        Ok(bytes) => info!(log, "files of a process that died were removed"; "bytes" => bytes),
        // The next one who needs a file says so again, where it matters.
        Err(error) => warn!(log, "temporary files could not be cleared: {}", error;
            "folder" => %folder.display()),
    }
    folder
}

pub(super) fn photo_processing(config: &Config) -> Arc<Processing> {
    let limits = &config.limits;
    let limits = PhotoLimits { min_resolution: limits.photo_pixels, max_bytes: limits.photo_bytes };
    Arc::new(Processing::new(limits, DECODED_AT_ONCE))
}

/// FAL, or its rehearsal, in all of its roles.
struct Provider {
    trainer: Arc<dyn Trainer>,
    weights: Arc<dyn Weights>,
    generator: Arc<dyn Generator>,
    fetcher: Arc<dyn Fetcher>,
}

fn provider(
    config: &Config,
    catalogue: Catalogue,
    objects: &Arc<dyn Objects>,
    temporary: &Path,
    log: &Logger,
) -> anyhow::Result<Provider> {
    match &config.trainer {
        TrainerChoice::Fal(settings) => {
            let hosts = AllowedHosts::new([settings.queue.clone(), settings.rest.clone()]);
            let temporary = temporary.to_owned();
            let mirror = Mirror::new(Arc::clone(objects), hosts, temporary, log.clone())?;
            let fal = Fal::new((**settings).clone(), catalogue).context("no HTTP client")?;
            let (fal, mirror) = (Arc::new(fal), Arc::new(mirror));
            Ok(Provider {
                trainer: Arc::clone(&fal) as _,
                weights: Arc::clone(&mirror) as _,
                generator: fal,
                fetcher: mirror,
            })
        }
        TrainerChoice::Rehearsal { takes, steps } => {
            let rehearsal = Rehearsal::new(catalogue, *takes, *steps, Arc::clone(objects));
            let rehearsal = Arc::new(rehearsal);
            Ok(Provider {
                trainer: Arc::clone(&rehearsal) as _,
                weights: Arc::clone(&rehearsal) as _,
                generator: Arc::clone(&rehearsal) as _,
                fetcher: rehearsal,
            })
        }
    }
}

/// The chat model, if one is configured.
fn chat(config: &Config) -> anyhow::Result<Option<Arc<dyn Chat>>> {
    let (Some(server), Some(model)) = (&config.chat.server, &config.chat.model) else {
        return Ok(None);
    };
    let server = OpenAi::new(server.clone()).context("no HTTP client")?;
    Ok(Some(Arc::new(server.model(model))))
}

/// What is set wins over what a webhook told.
fn signatures(
    config: &Config,
    pinned: Option<String>,
    log: &Logger,
) -> anyhow::Result<Arc<dyn Signatures>> {
    let webhooks = &config.webhooks;
    if !webhooks.verify {
        return Ok(Arc::new(Unverified));
    }
    let user = webhooks.user.clone().or(pinned);
    let judge = JwksSignatures::new(&webhooks.keys, user, log.clone()).context("no HTTP client")?;
    Ok(Arc::new(judge))
}
