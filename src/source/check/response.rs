//! `[[response]]`: conditions and actions.

use super::Checker;
use crate::diag::Spanned;
use crate::source::filter::{Action, Condition, Filter, PathTest, Wait};
use crate::source::written::{ActionWord, AuthKind, Placed, ResponseTable, Scalar, SourceFile, WhenTable};

impl Checker<'_> {
    pub(super) fn filter(&mut self, table: &ResponseTable) -> Option<Filter> {
        let when = self.condition(&table.when);
        let action = self.action(table);
        Some(Filter { when: when?, action })
    }

    /// Only a token can be refreshed.
    pub(super) fn token_rules(&mut self, written: &SourceFile) {
        let has_token = written.client.auth.as_ref().is_some_and(|auth| auth.get_ref().kind == AuthKind::Token);
        for table in written.response.iter().filter(|_| !has_token) {
            if *table.action.get_ref() == ActionWord::RefreshToken {
                let hint = "describe `[client.auth]` with `kind = \"token\"`, or use another action";
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
        let waits = matches!(table.action.get_ref(), ActionWord::Retry | ActionWord::RateLimited);
        if let Some(wait) = table.wait.as_ref().or(table.wait_path.as_ref()).filter(|_| !waits) {
            self.fault(wait.span(), "this action does not wait", "remove it, or use `retry` or `rate-limited`");
        }
        match table.action.get_ref() {
            ActionWord::Accept => Action::Accept,
            ActionWord::Retry => Action::Retry(self.wait(table)),
            ActionWord::RateLimited => Action::RateLimited(self.wait(table)),
            ActionWord::RefreshToken => Action::RefreshToken,
            ActionWord::Fail => Action::Fail(table.message.clone().unwrap_or_else(|| "the source refused".to_owned())),
        }
    }

    fn wait(&mut self, table: &ResponseTable) -> Wait {
        let fixed = table.wait.as_ref().map(|wait| self.duration(Some(wait), std::time::Duration::from_secs(1)));
        Wait { fixed, path: self.optional_path(table.wait_path.as_ref()) }
    }
}
