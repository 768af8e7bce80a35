use super::connection::Connection;
use super::workspace::holder;
use crate::history::Author;

/// Who runs this command. On a CI machine that is the person who started the run, not the machine's own user.
/// Source: <https://docs.github.com/en/actions/reference/workflows-and-actions/variables>.
pub fn author(connection: &Connection) -> Author {
    let holder = holder("");
    let actor = std::env::var("GITHUB_ACTOR").ok().filter(|actor| !actor.is_empty());
    Author {
        user: actor.unwrap_or(holder.user),
        host: holder.host,
        principal: Some(connection.caller.arn.clone()),
        place: holder.place,
    }
}
