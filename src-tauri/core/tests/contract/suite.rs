//! Owns what every service must let Latchkey do, drawn from its description, and what must be noticed
//! where it does not. Leaves out which service and which server it is.

use crate::stage::{Part, Stage};
use chrono::{DateTime, TimeDelta, Utc};
use latchkey_core::clock::{Clock as _, SystemClock};
use latchkey_core::domain::{KeyName, Offered, Secret};
use latchkey_core::http::{Http, HttpError};
use latchkey_core::providers::{
    Call, CreatedKey, EnvironmentFrom, ExpiryMeans, Listing, Means, NewKey, Provider, ProviderError, Seen,
    SignInMethod, Verdict,
};

/// Leads a service through everything that can be asked of it.
pub(crate) async fn holds(stage: &dyn Stage) {
    let http = Http::new().unwrap();
    let seen = Seen::default();
    let call = Call { http: &http, host: stage.host(), credential: stage.credential(), seen: &seen };
    let suite = Suite { stage, service: stage.provider(), call };
    suite.the_credential_is_known().await;
    suite.strangers_are_refused().await;
    suite.hostile_answers_are_told_apart().await;
    if suite.service.description().create == Means::Guided {
        suite.nothing_is_done_by_itself().await;
    } else {
        let created = suite.a_key_is_created_once().await;
        suite.its_scopes_are_its_own(&created).await;
        suite.it_is_listed(&created).await;
        suite.it_ends(&created).await;
        suite.a_lost_answer_leaves_one_key().await;
    }
    suite.ended_by_hand().await;
}

struct Suite<'a> {
    stage: &'a dyn Stage,
    service: &'static dyn Provider,
    call: Call<'a>,
}

impl<'a> Suite<'a> {
    fn with<'b>(&self, credential: &'b Secret) -> Call<'b>
    where
        'a: 'b,
    {
        Call { credential, ..self.call.clone() }
    }

    async fn list(&self) -> Result<Listing, ProviderError> {
        self.service.list_keys(&self.call, &[]).await
    }

    async fn the_credential_is_known(&self) {
        let tested = self.service.test(&self.call).await.unwrap();
        assert_eq!((&tested.verdict, tested.status), (&Verdict::Works, 200));
        assert!(tested.latency >= TimeDelta::zero() && tested.latency < TimeDelta::minutes(1));
        if self.stage.tells_rate_limit() {
            let limit = self.call.seen.rate_limit().expect("the headers are read");
            assert!(limit.remaining < limit.limit, "{limit:?}");
            let within = limit.resets_at.expect("a reset") - limit.at;
            assert!(within >= TimeDelta::zero() && within <= TimeDelta::minutes(2), "{limit:?}");
        }
        let known = self.service.identify(&self.call).await.unwrap();
        let description = self.service.description();
        match description.sign_in {
            SignInMethod::AdminKey { any_of } => {
                assert_eq!((known.can_list, known.can_create), (Some(true), Some(true)), "{known:?}");
                assert!(known.lacks.is_empty(), "{known:?}");
                let own = known.key.expect("its own row");
                assert!(is_head(own.prefix.as_deref(), self.call.credential), "{:?}", own.prefix);
                let scopes = known.scopes.expect("its scopes");
                assert!(scopes.iter().any(|scope| any_of.contains(&scope.as_str())), "{scopes:?}");
            }
            SignInMethod::Dashboard => assert_eq!(known.can_create, Some(false)),
            SignInMethod::Browser { .. } => {}
        }
        let usage = self.service.usage(&self.call).await.unwrap();
        assert_eq!(usage.is_some(), description.usage, "{usage:?}");
        assert!(usage.is_none_or(|usage| usage.plan.is_some() && !usage.lines.is_empty()));
    }

    /// A key nobody gave out, and one of another service: refused, and nothing of either is said again.
    async fn strangers_are_refused(&self) {
        let prefix = self.service.description().key_prefixes[0];
        for characters in [format!("{prefix}nobodyknowsthisEXAMPLE"), "sk-anotherServicesKeyEXAMPLE".to_owned()] {
            let stranger = Secret::new(characters.clone());
            let call = self.with(&stranger);
            assert_eq!(self.service.test(&call).await.unwrap().verdict, Verdict::Refused);
            for failure in [
                self.service.identify(&call).await.unwrap_err(),
                self.service.list_keys(&call, &[]).await.err().unwrap_or(ProviderError::Unsupported),
                self.service.create_key(&call, &named("stranger")).await.unwrap_err(),
            ] {
                assert!(matches!(failure, ProviderError::Refused(_) | ProviderError::Unsupported), "{failure:?}");
                assert!(!format!("{failure:?} {failure}").contains(&characters));
            }
        }
        // White space and characters that cannot be seen are no part of a key: it is not sent at all.
        let mended = self.call.credential.expose_secret();
        for odd in [format!("{mended} "), format!("{mended}\u{200b}"), format!("{mended}\n"), String::new()] {
            let odd = Secret::new(odd);
            let failure = self.service.test(&self.with(&odd)).await.unwrap_err();
            assert!(matches!(failure, ProviderError::Http(HttpError::Unsendable)), "{failure:?}");
        }
    }

    async fn hostile_answers_are_told_apart(&self) {
        let lists = self.service.description().list != Means::Guided;
        for kind in [
            "unauthorized",
            "rate_limited",
            "server_error",
            "html",
            "half_json",
            "truncated",
            "endless",
            "redirect",
            "dropped_before_work",
        ] {
            self.stage.goes_wrong(Part::Probe, "GET", kind).await;
            let tested = self.service.test(&self.call).await;
            match (kind, &tested) {
                ("unauthorized", Ok(tested)) => assert_eq!(tested.verdict, Verdict::Refused),
                // One service is judged by its status alone, and half an answer has a whole status.
                ("half_json", Ok(tested)) if self.service.description().create == Means::Guided => {
                    assert_eq!(tested.verdict, Verdict::Works);
                }
                (_, Ok(tested)) => panic!("{kind}: {tested:?}"),
                (_, Err(failure)) => self.is_told_apart(kind, failure),
            }
            if lists {
                self.stage.goes_wrong(Part::Keys, "GET", kind).await;
                let failure = self.list().await.unwrap_err();
                self.is_told_apart(kind, &failure);
            }
        }
        assert_eq!(self.service.test(&self.call).await.unwrap().verdict, Verdict::Works, "it goes on working");
    }

    fn is_told_apart(&self, kind: &str, failure: &ProviderError) {
        let expected = match (kind, failure) {
            ("rate_limited", ProviderError::RateLimited { retry_at, .. }) => {
                let soon = |moment: DateTime<Utc>| moment - SystemClock.now() < TimeDelta::minutes(3);
                !self.stage.tells_rate_limit() || retry_at.is_some_and(soon)
            }
            ("unauthorized", ProviderError::Refused(_))
            | ("server_error", ProviderError::Failed(_))
            | ("html" | "half_json", ProviderError::NotUnderstood(_))
            | ("redirect", ProviderError::Redirected { .. })
            | ("endless", ProviderError::Http(HttpError::TooLarge))
            | ("truncated" | "dropped_before_work" | "dropped_after_work", ProviderError::Http(HttpError::NoAnswer)) => {
                true
            }
            _ => false,
        };
        assert!(expected, "{kind}: {failure:?}");
        let printed = format!("{failure:?} {failure}");
        // Only to see that it is not there.
        assert!(!printed.contains(self.call.credential.expose_secret()), "{kind}: an error repeats the credential");
    }

    /// Everything the description offers is asked for, and what comes back is what was asked.
    async fn a_key_is_created_once(&self) -> CreatedKey {
        let description = self.service.description();
        let narrow = description.scopes.first().map(|scope| scope.id.to_owned());
        let end = match description.expiry {
            ExpiryMeans::ReminderOnly => None,
            ExpiryMeans::Native { .. } | ExpiryMeans::Asked => {
                Some(SystemClock.now() + TimeDelta::days(90) + TimeDelta::hours(9))
            }
        };
        let new_key = NewKey {
            scopes: narrow.iter().cloned().collect(),
            environment: match description.environment {
                EnvironmentFrom::Chosen => description.environments.last().map(|choice| choice.id.to_owned()),
                EnvironmentFrom::FromPrefix | EnvironmentFrom::None => None,
            },
            expires_at: end,
            rate_limit: description.rate_limit.then_some(42),
            ..named("work-laptop")
        };
        let created = self.service.create_key(&self.call, &new_key).await.unwrap();
        // Only the form is looked at, and a failure prints none of it.
        let secret = created.secret.expose_secret();
        let prefix = description.key_prefixes.iter().find(|prefix| secret.starts_with(**prefix)).copied();
        assert!(prefix.is_some(), "a key of another kind");
        assert!(is_head(created.facts.prefix.as_deref(), &created.secret), "{:?}", created.facts.prefix);
        assert!(created.facts.remote_id.is_some(), "an id to revoke it by");
        assert!(!format!("{created:?}").contains(secret), "a secret is printed");
        if let Some(environment) = &new_key.environment {
            assert_eq!(created.facts.environment.as_ref(), Some(environment));
            assert_eq!(description.environment_of(prefix.unwrap()), Some(environment.as_str()));
        }
        if narrow.is_some() {
            assert_eq!(created.facts.scopes.as_deref(), Some(new_key.scopes.as_slice()));
        }
        if description.rate_limit {
            assert_eq!(created.facts.rate_limit, Some(42));
        }
        match description.expiry {
            ExpiryMeans::ReminderOnly => {
                assert_eq!((created.expiry, created.facts.expires_at.flatten()), (Offered::NotAsked, None));
            }
            ExpiryMeans::Native { .. } | ExpiryMeans::Asked => {
                assert_eq!(created.expiry, Offered::Yes);
                let said = created.facts.expires_at.flatten().expect("the answer's date");
                assert!((said - end.unwrap()).abs() <= TimeDelta::days(1), "{said}");
            }
        }
        let another = self.service.create_key(&self.call, &named("another")).await.unwrap();
        assert!(!another.secret.same_as(&created.secret) && another.facts.remote_id != created.facts.remote_id);
        created
    }

    /// A narrow key works within its scopes and is told by name what it lacks.
    async fn its_scopes_are_its_own(&self, created: &CreatedKey) {
        let with_key = self.with(&created.secret);
        assert_eq!(self.service.test(&with_key).await.unwrap().verdict, Verdict::Works);
        let SignInMethod::AdminKey { any_of } = self.service.description().sign_in else { return };
        let known = self.service.identify(&with_key).await.unwrap();
        assert_eq!(known.can_create, Some(false), "{known:?}");
        assert!(known.lacks.iter().any(|scope| any_of.contains(&scope.as_str())), "{known:?}");
        let failure = self.service.create_key(&with_key, &named("too much")).await.unwrap_err();
        let named = matches!(&failure, ProviderError::LacksScope { scope, .. } if any_of.contains(&scope.as_str()));
        assert!(named, "{failure:?}");
        let last =
            self.service.description().scopes.iter().find(|scope| !scope.sensitive && self.stage.hides(scope.id));
        if let Some(last) = last {
            let narrow = NewKey { scopes: vec![last.id.to_owned()], ..self::named("narrow") };
            let narrow = self.service.create_key(&self.call, &narrow).await.unwrap();
            let verdict = self.service.test(&self.with(&narrow.secret)).await.unwrap().verdict;
            assert!(matches!(verdict, Verdict::LacksScope(_)), "{verdict:?}");
        }
    }

    async fn it_is_listed(&self, created: &CreatedKey) {
        let listing = self.list().await.unwrap();
        assert!(!listing.partial);
        // The secret is shown once: no list has it, whole or as a head that gives it away.
        assert!(!format!("{listing:?}").contains(created.secret.expose_secret()));
        let listed = listing.keys.iter().find(|key| key.remote_id == created.facts.remote_id).expect("it is listed");
        assert_eq!(listed.name, "work-laptop");
        assert!(is_head(listed.prefix.as_deref(), &created.secret), "{:?}", listed.prefix);
        assert!(!listed.revoked && !listed.expired);
        assert!(listed.created_at.is_some_and(|at| (SystemClock.now() - at).abs() < TimeDelta::minutes(10)));
        assert_eq!(listed.expires_at.flatten(), created.facts.expires_at.flatten());
        if created.facts.scopes.is_some() {
            assert_eq!(listed.scopes, created.facts.scopes);
        }
        if created.facts.environment.is_some() {
            assert_eq!(listed.environment, created.facts.environment);
        }
    }

    /// Revoked through the service, or told that it cannot be: never called done without a 2xx.
    async fn it_ends(&self, created: &CreatedKey) {
        let id = created.facts.remote_id.as_deref().unwrap();
        let with_key = self.with(&created.secret);
        for kind in ["html", "server_error", "redirect"] {
            self.stage.goes_wrong(Part::Keys, "DELETE", kind).await;
            let failure = self.service.revoke_key(&self.call, id, None).await.unwrap_err();
            self.is_told_apart(kind, &failure);
            assert_eq!(self.service.test(&with_key).await.unwrap().verdict, Verdict::Works, "{kind}");
        }
        if self.stage.offers_revoke() {
            for odd in ["", ".", ".."] {
                assert!(self.service.revoke_key(&self.call, odd, None).await.is_err(), "{odd}");
            }
            let failure = self.service.revoke_key(&self.call, "key_nobody", None).await.unwrap_err();
            assert!(matches!(failure, ProviderError::NoSuchKey), "{failure:?}");
            if let Some(own) = self.stage.refuses_to_revoke() {
                let failure = self.service.revoke_key(&self.call, &own, None).await.unwrap_err();
                assert!(matches!(failure, ProviderError::CurrentKey(_)), "{failure:?}");
            }
            self.service.revoke_key(&self.call, id, None).await.unwrap();
        } else {
            let failure = self.service.revoke_key(&self.call, id, None).await.unwrap_err();
            assert!(matches!(failure, ProviderError::NotOffered(404 | 405 | 501)), "{failure:?}");
            assert_eq!(self.service.test(&with_key).await.unwrap().verdict, Verdict::Works, "nothing was ended");
            self.stage.revoke_by_hand(id).await;
        }
        assert_eq!(self.service.test(&with_key).await.unwrap().verdict, Verdict::Refused);
        let listing = self.list().await.unwrap();
        let listed = listing.keys.iter().find(|key| key.remote_id.as_deref() == Some(id));
        assert!(listed.is_none_or(|key| key.revoked), "gone or marked: {listed:?}");
        assert!(listing.keys.iter().any(|key| key.name == "another" && !key.revoked), "the other one stays");
    }

    /// The key exists, its secret is gone: the list says so, and no second one was made.
    async fn a_lost_answer_leaves_one_key(&self) {
        for (kind, made) in [("dropped_before_work", 0), ("dropped_after_work", 1), ("truncated", 1), ("half_json", 1)]
        {
            self.stage.goes_wrong(Part::Keys, "POST", kind).await;
            let failure = self.service.create_key(&self.call, &named(kind)).await.unwrap_err();
            self.is_told_apart(kind, &failure);
            let listing = self.list().await.unwrap();
            assert_eq!(listing.keys.iter().filter(|key| key.name == kind).count(), made, "{kind}");
        }
        // A refusal made nothing, and may not be sent again by itself either.
        for kind in ["rate_limited", "server_error", "redirect"] {
            self.stage.goes_wrong(Part::Keys, "POST", kind).await;
            let failure = self.service.create_key(&self.call, &named(kind)).await.unwrap_err();
            self.is_told_apart(kind, &failure);
            assert!(self.list().await.unwrap().keys.iter().all(|key| key.name != kind), "{kind}");
        }
    }

    /// Keys are made in the dashboard: nothing is sent, and nothing is called done.
    async fn nothing_is_done_by_itself(&self) {
        let before = self.stage.asked().await;
        assert!(matches!(self.list().await, Err(ProviderError::Unsupported)));
        let created = self.service.create_key(&self.call, &named("by hand")).await;
        assert!(matches!(created, Err(ProviderError::Unsupported)));
        let revoked = self.service.revoke_key(&self.call, "key_1", None).await;
        assert!(matches!(revoked, Err(ProviderError::Unsupported)));
        assert_eq!(self.stage.asked().await, before, "something was sent");
    }

    /// Ended in the service's dashboard: the next test proves it.
    async fn ended_by_hand(&self) {
        let Some(own) = self.stage.own_id() else { return };
        assert_eq!(self.service.test(&self.call).await.unwrap().verdict, Verdict::Works);
        self.stage.revoke_by_hand(&own).await;
        assert_eq!(self.service.test(&self.call).await.unwrap().verdict, Verdict::Refused);
    }
}

fn named(name: &str) -> NewKey {
    NewKey::named(KeyName::parse(name, 100).unwrap())
}

/// Enough to recognise the key by, and no more than a service shows.
fn is_head(prefix: Option<&str>, secret: &Secret) -> bool {
    // Only to compare; nothing is printed.
    prefix.is_some_and(|prefix| (6..=16).contains(&prefix.len()) && secret.expose_secret().starts_with(prefix))
}
