//! `[[response]]`: conditions and actions.

use super::Checker;
use crate::diag::Spanned;
use crate::source::filter::{Action, Condition, Failure, Filter, Mender, PathTest, Wait};
use crate::source::written::{ActionWord, AuthKind, FailureWord, Placed, ResponseTable, Scalar, SourceFile, WhenTable};

impl Checker<'_> {
    pub(super) fn filter(&mut self, table: &ResponseTable) -> Option<Filter> {
        let when = self.condition(&table.when);
        let action = self.action(table);
        Some(Filter { when: when?, action })
    }

    /// Only a token that is fetched can be refreshed.
    pub(super) fn token_rules(&mut self, written: &SourceFile) {
        let kind = written.client.auth.as_ref().map(|auth| auth.get_ref().kind);
        let is_fetched = matches!(kind, Some(AuthKind::Token | AuthKind::ClientCredentials));
        for table in written.response.iter().filter(|_| !is_fetched) {
            if *table.action.get_ref() == ActionWord::RefreshToken {
                let hint = "describe `[client.auth]` with `kind = \"token\"` or `\"client-credentials\"`, \
                            or use another action";
                self.fault(table.action.span(), "there is no token to refresh", hint);
            }
        }
    }

    fn condition(&mut self, when: &Spanned<WhenTable>) -> Option<Condition> {
        let table = when.get_ref();
        if table.status.is_none() && table.path.is_none() && table.text_contains.is_none() {
            let hint = "give `status`, `path` or `text-contains`";
            self.fault(when.span(), "a rule without a condition would match every answer", hint);
            return None;
        }
        let path = match &table.path {
            None => self.no_path_tests(when),
            Some(path) => Some(self.path_test(path, when)?),
        };
        let status = table.status.clone().unwrap_or_default();
        Some(Condition { status, path, text: table.text_contains.clone() })
    }

    fn no_path_tests<T>(&mut self, when: &Spanned<WhenTable>) -> Option<T> {
        let table = when.get_ref();
        if table.one_of.is_some() || table.not_in.is_some() || table.starts_with.is_some() || table.present.is_some() {
            self.fault(when.span(), "nothing to compare", "say where the value lies with `path`");
        }
        None
    }

    fn path_test(&mut self, path: &Placed, when: &Spanned<WhenTable>) -> Option<(serde_json_path::JsonPath, PathTest)> {
        let table = when.get_ref();
        let texts = |values: &Vec<Scalar>| values.iter().map(|value| value.0.clone()).collect();
        let given = [
            table.one_of.as_ref().map(|values| PathTest::In(texts(values))),
            table.not_in.as_ref().map(|values| PathTest::NotIn(texts(values))),
            table.starts_with.clone().map(PathTest::StartsWith),
            table.present.map(|present| if present { PathTest::Present } else { PathTest::Absent }),
        ];
        let mut tests = given.into_iter().flatten();
        let (test, more) = (tests.next(), tests.next());
        if more.is_some() {
            let hint = "use one of `in`, `not-in`, `starts-with` and `present`, or write two rules";
            self.fault(when.span(), "a path is tested once", hint);
        }
        Some((self.json_path(path)?, test.unwrap_or(PathTest::Present)))
    }

    fn action(&mut self, table: &ResponseTable) -> Action {
        self.idle_words(table);
        match table.action.get_ref() {
            ActionWord::Accept => Action::Accept,
            ActionWord::Retry => Action::Retry(self.wait(table)),
            ActionWord::RateLimited => Action::RateLimited(self.wait(table)),
            ActionWord::RefreshToken => Action::RefreshToken,
            ActionWord::Ignore => Action::Ignore,
            ActionWord::SplitWindow => Action::SplitWindow,
            ActionWord::Fail => Action::Fail(failure(table)),
        }
    }

    /// Words that only some actions read.
    fn idle_words(&mut self, table: &ResponseTable) {
        let action = table.action.get_ref();
        let waits = matches!(action, ActionWord::Retry | ActionWord::RateLimited);
        let wait = table.wait.as_ref().or(table.wait_path.as_ref()).or(table.wait_header.as_ref());
        if let Some(wait) = wait.filter(|_| !waits) {
            self.fault(wait.span(), "this action does not wait", "remove it, or use `retry` or `rate-limited`");
        }
        let message = table.message.as_ref().map(Spanned::span);
        let spoken = message.or_else(|| table.failure_type.as_ref().map(Spanned::span));
        if let Some(span) = spoken.filter(|_| *action != ActionWord::Fail) {
            let hint = "remove `message` and `failure-type`, or use `fail`";
            self.fault(span, "this action says nothing to anybody", hint);
        }
    }

    fn wait(&mut self, table: &ResponseTable) -> Wait {
        let fixed = table.wait.as_ref().map(|wait| self.duration(Some(wait), std::time::Duration::from_secs(1)));
        let header = table.wait_header.as_ref().map(|name| {
            self.header_name(name.get_ref(), name.span());
            name.get_ref().clone()
        });
        Wait { fixed, path: self.optional_path(table.wait_path.as_ref()), header }
    }
}

fn failure(table: &ResponseTable) -> Failure {
    let message = table.message.as_ref().map_or("the source refused", |message| message.get_ref());
    let mended_by = table.failure_type.as_ref().map(|word| match word.get_ref() {
        FailureWord::Config => Mender::Config,
        FailureWord::Transient => Mender::Transient,
        FailureWord::System => Mender::System,
    });
    Failure { message: message.to_owned(), mended_by }
}
