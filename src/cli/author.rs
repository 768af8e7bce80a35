use super::connection::Connection;
use super::holder::holder;
use super::variable::variable;
use crate::history::Author;

/// Who runs this command. On a CI machine that is the person who started the run, not the machine's own user.
/// Source: <https://docs.github.com/en/actions/reference/workflows-and-actions/variables>.
pub fn author(connection: Option<&Connection>) -> Author {
    let holder = holder("");
    Author {
        user: variable("GITHUB_ACTOR").unwrap_or(holder.user),
        host: holder.host,
        principal: connection.map(|connection| connection.caller.arn.clone()),
        place: holder.place,
    }
}
